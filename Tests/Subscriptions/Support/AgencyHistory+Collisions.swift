import Postgres
import TestSupport

extension AgencyHistory {
    /// Every statement that writes a row of the books fails one time in so many, as in a collision that is tried again:
    /// its transaction is undone wherever it stood, and done again.
    static func collide(_ agency: Agency, oneIn sides: Int) async throws {
        try await agency.test.owner.query(
            """
            create function collide() returns trigger language plpgsql as $$
            begin
                if random() < 1.0 / \(unsafeRaw: String(sides)) then
                    raise exception 'collided' using errcode = 'serialization_failure';
                end if;
                return null;
            end $$
            """
        )
        for table in [
            "igny8_managed_service_subscriptions", "igny8_invoices", "igny8_invoice_lines", "igny8_payments",
            "igny8_credit_notes", "igny8_credit_note_lines", "igny8_ledger_entries", "igny8_customer_credits",
        ] {
            try await agency.test.owner.query(
                """
                create trigger collide after insert or update on \(identifier: table)
                for each statement execute function collide()
                """
            )
        }
    }

    /// One act of a person or a gateway, who try again until it is done. The store gives up after three collisions in a
    /// row, which among some thousand acts of months full of collisions happens now and then and proves nothing.
    func transaction<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        while true {
            do {
                return try await agency.transaction(body)
            } catch let error as PostgresError where error.isRetryable {
                continue
            }
        }
    }
}
