-- What a method's bank said last: asked by the preview of a month's billing.
create index igny8_payments_method on igny8_payments (payment_method_id, id desc) where payment_method_id is not null;
