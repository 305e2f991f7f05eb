"""The web process: the application, and on the embedded default the job worker as a thread started after the fork."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

if settings.WORKER_IN_WEB:
    from causeway.frame import jobs

    jobs.start_thread()
