-- What a payment brought beyond what was due is the customer's credit like the excess of a credit note: the ledger books
-- it so from the payment (0120), and the balance that invoices are paid from must tell the same.
create function igny8_credit_from_payment() returns trigger
    language plpgsql as
$$
begin
    call igny8_move_customer_credit(
        new.account_id, new.currency,
        new.excess - case when tg_op = 'UPDATE' then old.excess else 0 end);
    return null;
end
$$;

create trigger excess_insert after insert on igny8_payments
    for each row when (new.excess <> 0) execute function igny8_credit_from_payment();
create trigger excess_update after update of excess on igny8_payments
    for each row when (new.excess <> old.excess) execute function igny8_credit_from_payment();
