"""Fetches the browser files that Causeway serves, checks them, and copies what is used into the kit. Needs npm; the results are committed."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

KIT = Path(__file__).resolve().parent.parent / "src/causeway/kit"
TARGET = KIT / "static/causeway/vendor"
CHECKSUMS = Path(__file__).with_name("vendor_static.json")
PACKAGES = {
    "bootstrap@5.3.9": {"package/dist/css/bootstrap.min.css": "bootstrap.min.css"},
    "htmx.org@2.0.11": {"package/dist/htmx.min.js": "htmx.min.js"},
    "@fontsource-variable/inter@5": {
        "package/files/inter-latin-wght-normal.woff2": "inter/inter-latin-wght-normal.woff2",
        "package/files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext-wght-normal.woff2",
    },
    "axe-core@4": {"package/axe.min.js": "../../../../../../tests/browser/vendor/axe.min.js"},
}
ICONS = "@tabler/icons@3"


def fetch(name: str, into: Path) -> Path:
    """The package's archive, checked against the digest recorded for it (recorded when it is new)."""
    made = subprocess.run(["npm", "pack", "--silent", name], cwd=into, capture_output=True, text=True, check=True)
    archive = into / made.stdout.strip().splitlines()[-1]
    digest = hashlib.sha512(archive.read_bytes()).hexdigest()
    known = json.loads(CHECKSUMS.read_text()) if CHECKSUMS.exists() else {}
    if known.setdefault(archive.name, digest) != digest:
        raise SystemExit(f"{archive.name} is not the file that was recorded.")
    CHECKSUMS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    return archive


def icons_used() -> list[str]:
    """Names of icons that templates and code ask for."""
    names: set[str] = set()
    for path in [*KIT.parent.rglob("*.html"), *KIT.parent.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r"{% icon ['\"]([a-z0-9-]+)['\"]", text)) | set(re.findall(r"icon=['\"]([a-z0-9-]+)['\"]", text))
        names |= set(re.findall(r"""["']icon["']: ["']([a-z0-9-]+)["']""", text)) | set(re.findall(r'Entry\("[^"]+", "([a-z0-9-]+)"', text))
        names |= set(re.findall(r"sprite\.svg#([a-z0-9-]+)", text))
    return sorted(names)


def sprite(archive: Path) -> str:
    """One symbol for each icon in use."""
    symbols = []
    with tarfile.open(archive) as tar:
        for name in icons_used():
            file = tar.extractfile(f"package/icons/outline/{name}.svg")
            body = re.sub(r"<!--.*?-->", "", file.read().decode(), flags=re.S)  # type: ignore[union-attr]
            inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", body, flags=re.S).strip()
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, files in PACKAGES.items():
            with tarfile.open(fetch(name, work)) as tar:
                for inside, outside in files.items():
                    target = (TARGET / outside).resolve()
                    target.parent.mkdir(parents=True, exist_ok=True)
                    data = tar.extractfile(inside).read()  # type: ignore[union-attr]
                    # Maps are for those who change the file, not for those who serve it.
                    target.write_bytes(re.sub(rb"\n?/[*/]# sourceMappingURL=.*", b"", data))
        (TARGET / "tabler-sprite.svg").write_text(sprite(fetch(ICONS, work)), encoding="utf-8")


if __name__ == "__main__":
    main()
