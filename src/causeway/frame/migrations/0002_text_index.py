"""Search: the text index that belongs to the database at hand."""

from django.db import migrations

# Tokens are made in Python and stand apart by spaces, so neither database may cut them again.
SQLITE = [
    """CREATE VIRTUAL TABLE frame_searchfts USING fts5(
        tokens, content='frame_searchdoc', content_rowid='id', detail='none', columnsize=0, prefix='2 3',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'")""",
    # The database itself keeps the index in step. Whoever rebuilds frame_searchdoc in a later migration makes these again.
    """CREATE TRIGGER frame_searchdoc_in AFTER INSERT ON frame_searchdoc BEGIN
        INSERT INTO frame_searchfts(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER frame_searchdoc_out AFTER DELETE ON frame_searchdoc BEGIN
        INSERT INTO frame_searchfts(frame_searchfts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER frame_searchdoc_changed AFTER UPDATE OF tokens ON frame_searchdoc BEGIN
        INSERT INTO frame_searchfts(frame_searchfts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO frame_searchfts(rowid, tokens) VALUES (new.id, new.tokens); END""",
    "INSERT INTO frame_searchfts(frame_searchfts) VALUES ('rebuild')",
]
SQLITE_BACK = [
    "DROP TRIGGER frame_searchdoc_in", "DROP TRIGGER frame_searchdoc_out", "DROP TRIGGER frame_searchdoc_changed", "DROP TABLE frame_searchfts",
]  # fmt: skip
POSTGRES = [
    # A stored vector: made once, where an index on the expression would make it anew for each row that is looked at beside the index.
    """ALTER TABLE frame_searchdoc ADD COLUMN vector tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(tokens, ' '))) STORED""",
    # No pending list: every search would read it from end to end until a vacuum empties it.
    "CREATE INDEX frame_searchdoc_vector ON frame_searchdoc USING gin (vector) WITH (fastupdate = off)",
]
POSTGRES_BACK = ["DROP INDEX frame_searchdoc_vector", "ALTER TABLE frame_searchdoc DROP COLUMN vector"]


def _run(schema_editor, sqlite, postgres):
    for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def make(_apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRES)


def unmake(_apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRES_BACK)


class Migration(migrations.Migration):
    dependencies = [("frame", "0001_initial")]

    operations = [migrations.RunPython(make, unmake)]
