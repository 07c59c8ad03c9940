"""The tables that the lists read; the gateway owns them."""

from django.db import models


class Unmanaged(models.Model):
    class Meta:
        abstract = True
        managed = False
        app_label = "bench"


class Account(Unmanaged):
    name = models.TextField()

    class Meta(Unmanaged.Meta):
        abstract = False
        db_table = "igny8_accounts"


class Site(Unmanaged):
    domain = models.TextField()

    class Meta(Unmanaged.Meta):
        abstract = False
        db_table = "igny8_sites"


class Key(Unmanaged):
    account = models.ForeignKey(Account, models.PROTECT)
    key_hash = models.BinaryField()
    revoked_at = models.DateTimeField(null=True)
    is_authenticated = True

    class Meta(Unmanaged.Meta):
        abstract = False
        db_table = "igny8_api_keys"


class Subscription(Unmanaged):
    account = models.ForeignKey(Account, models.PROTECT)
    site = models.ForeignKey(Site, models.PROTECT)
    tier = models.TextField()
    status = models.TextField()
    monthly_price = models.DecimalField(max_digits=8, decimal_places=2)
    next_monthly_price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    next_tier = models.TextField(null=True)
    next_articles_per_month = models.IntegerField(null=True)
    currency = models.TextField()
    articles_per_month = models.IntegerField()
    account_manager_id = models.BigIntegerField(null=True)
    current_month_articles_published = models.IntegerField()
    current_month_target = models.IntegerField(null=True)
    current_month_start = models.DateField(null=True)
    service_config = models.JSONField()
    started_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancels_on = models.DateField(null=True)
    next_billing_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(Unmanaged.Meta):
        abstract = False
        db_table = "igny8_managed_service_subscriptions"


class Invoice(Unmanaged):
    account = models.ForeignKey(Account, models.PROTECT)
    subscription_id = models.BigIntegerField(null=True)
    number = models.TextField(null=True)
    kind = models.TextField()
    status = models.TextField()
    collection = models.TextField()
    currency = models.TextField()
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    net = models.DecimalField(max_digits=12, decimal_places=3)
    tax = models.DecimalField(max_digits=12, decimal_places=3)
    total = models.DecimalField(max_digits=12, decimal_places=3)
    paid = models.DecimalField(max_digits=12, decimal_places=3)
    credited = models.DecimalField(max_digits=12, decimal_places=3)
    due = models.DecimalField(max_digits=12, decimal_places=3)
    issued_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    earned_on = models.DateField(null=True)
    uncollectible_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(Unmanaged.Meta):
        abstract = False
        db_table = "igny8_invoices"
