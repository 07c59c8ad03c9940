import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Outgoing events", .timeLimit(.minutes(2))) struct OutgoingEventTests {
    @Test("outgoing events are forgotten with their deliveries when they are old and done with, by nobody's delete")
    func outgoingEvents() async throws {
        try await Fixture.with { fixture in
            let account = fixture.one.account.id.rawValue
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await tx.query(
                    """
                    insert into igny8_webhook_endpoints (account_id, url, secret_last4)
                    values (\(account), 'https://one.example/hook', 'abcd')
                    """
                )
                for (age, status) in [(100, "delivered"), (100, "pending"), (10, "delivered")] {
                    try await tx.query(
                        """
                        with event as (
                            insert into igny8_outgoing_events (account_id, event_type, subject_kind, subject_id, data, occurred_at)
                            values (\(account), 'invoice.paid', 'invoice', 1, '{}', igny8_now() - make_interval(days => \(age)::int))
                            returning id
                        )
                        insert into igny8_webhook_deliveries (account_id, endpoint_id, event_id, status, next_attempt_at, delivered_at)
                        select \(account), endpoint.id, event.id, \(status),
                            case when \(status) = 'pending' then igny8_now() end,
                            case when \(status) = 'delivered' then igny8_now() end
                        from event, igny8_webhook_endpoints endpoint
                        """
                    )
                }
            }
            let forgotten = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                try await OutgoingEvents.forget(olderThan: 92, atMost: 10, in: tx)
            }
            #expect(forgotten == 1)
            let left = try await fixture.store.batch(
                as: Fixture.system,
                actor: "test",
                ["select count(*) from igny8_outgoing_events", "select count(*) from igny8_webhook_deliveries"]
            )
            #expect(try left.map { try $0[0].decode(0, as: Int.self) } == [2, 2])
            for statement: SQL in [
                "delete from igny8_outgoing_events", "update igny8_outgoing_events set data = '{}'",
                "select igny8_forget_outgoing_events(igny8_now(), 10)",
            ] {
                await #expect(throws: PostgresError.self) {
                    _ = try await fixture.store.batch(as: Fixture.system, actor: "test", [statement])
                }
            }
        }
    }
}
