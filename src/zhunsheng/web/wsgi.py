"""The entry for an application server: `zhunsheng.web.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhunsheng.web.settings")
application = get_wsgi_application()
