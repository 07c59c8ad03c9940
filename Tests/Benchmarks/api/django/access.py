"""Who may ask, and how pages are cut."""

import hashlib

from rest_framework import authentication, exceptions, pagination
from tables import Key


class KeyAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request):
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "api-key":
            return None
        digest = hashlib.sha256(key.encode()).digest()
        found = Key.objects.select_related("account").filter(key_hash=digest, revoked_at=None).first()
        if found is None:
            raise exceptions.AuthenticationFailed("no such key")
        return found, found


class Pages(pagination.PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
