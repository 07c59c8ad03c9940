import Postgres
import Testing

extension EndToEndTests {
    /// What `deploy/up` leaves behind.
    @Suite(.serialized) struct FirstMonth {
        @Test("six clients are active: five after the first day, the one whose plugin came late after the third")
        func active() async throws {
            let stack = try Stack.ofEnvironment()
            #expect(stack.description.clients.count == 6)
            let rows = try await stack.rows(
                """
                select status, igny8_managed_service_subscriptions.started_at::date
                    - (select min(created_at) from igny8_managed_service_subscriptions)::date as days
                from igny8_managed_service_subscriptions order by started_at
                """
            )
            #expect(try rows.map { try $0.decode("status", as: String.self) } == Array(repeating: "active", count: 6))
            let days = try rows.map { try $0.decode("days", as: Int.self) }
            #expect(days.prefix(5).allSatisfy { $0 <= 1 }, "activated after \(days) days")
            #expect((2...3).contains(days.last ?? 0), "activated after \(days) days")
        }

        @Test("each has its prorated first invoice: paid, or in dunning for the card that declines")
        func firstInvoices() async throws {
            let stack = try Stack.ofEnvironment()
            let rows = try await stack.rows(
                """
                select invoice.status, invoice.total < subscription.monthly_price as prorated,
                    (select count(*) from igny8_payments where invoice_id = invoice.id and status = 'failed') as failed,
                    invoice.period_end::text as period_end
                from igny8_invoices invoice
                join igny8_managed_service_subscriptions subscription on subscription.id = invoice.subscription_id
                order by invoice.number
                """
            )
            #expect(rows.count == 6)
            var open = 0
            for row in rows {
                #expect(try row.decode("prorated", as: Bool.self))
                #expect(try row.decode("period_end", as: String.self) == "2026-10-01")
                if try row.decode("status", as: String.self) == "pending" {
                    open += 1
                    #expect(try row.decode("failed", as: Int64.self) > 0)
                } else {
                    #expect(try row.decode("status", as: String.self) == "paid")
                }
            }
            #expect(open == 1)
        }

        @Test("each client was welcomed once")
        func welcomes() async throws {
            let stack = try Stack.ofEnvironment()
            let mailbox = try await Mailbox(stack)
            for client in stack.description.clients {
                let welcomes = mailbox.mails(to: client.email).filter { $0.subject.hasPrefix("Welcome to Managed") }
                #expect(welcomes.count == 1, "\(client.name) got \(welcomes.map(\.subject))")
                #expect(welcomes.allSatisfy { $0.duplicates == 0 })
            }
        }

        @Test("the books balance") func books() async throws {
            try await Stack.ofEnvironment().expectBalancedBooks()
        }
    }
}
