"""The same two lists as an ordinary Django REST service gives them: models, serializers, pagination, an API key.

What it is spared: row security's settings are made once a connection, and no rate limit is counted.
"""

import hashlib
import os
from urllib.parse import unquote, urlparse

import django
from django.conf import settings

_database = urlparse(os.environ["IGNY8_DATABASE_URL"])
settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE="UTC",
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database.path.lstrip("/"),
            "USER": _database.username,
            "PASSWORD": unquote(_database.password or ""),
            "HOST": _database.hostname,
            "PORT": _database.port,
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": os.environ["BENCH_SETTINGS"]},
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["access.KeyAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "access.Pages",
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402

from tables import Invoice, Subscription  # noqa: E402


# Where the API's name is not the column's.
SOURCES = {
    "account_name": serializers.CharField(source="account.name"),
    "site_domain": serializers.CharField(source="site.domain"),
    "cancel_on": serializers.DateField(source="cancels_on"),
    "account_id": serializers.IntegerField(),
    "site_id": serializers.IntegerField(),
}


def serializer_of(shown, fields):
    """A ModelSerializer with the fields, in the order, that the gateway shows: read from its own answer."""
    meta = type("Meta", (), {"model": shown, "fields": fields})
    own = {name: field for name, field in SOURCES.items() if name in fields}
    return type(shown.__name__ + "Serializer", (serializers.ModelSerializer,), {"Meta": meta, **own})


class Subscriptions(generics.ListAPIView):
    queryset = Subscription.objects.select_related("account", "site").order_by("-id")
    serializer_class = serializer_of(Subscription, os.environ["BENCH_SUBSCRIPTION_FIELDS"].split(","))

    def get_queryset(self):
        return super().get_queryset().filter(account_id=self.request.user.account_id)


class Invoices(generics.ListAPIView):
    queryset = Invoice.objects.order_by("-id")
    serializer_class = serializer_of(Invoice, os.environ["BENCH_INVOICE_FIELDS"].split(","))

    def get_queryset(self):
        return super().get_queryset().filter(account_id=self.request.user.account_id)


urlpatterns = [
    path("api/v1/services/subscriptions/", Subscriptions.as_view()),
    path("api/v1/billing/invoices/", Invoices.as_view()),
]

application = get_wsgi_application()
