import Postgres
import Testing

extension EndToEndTests {
    /// From the end of the first month through three month starts: `igny8 simulate --days 92`.
    @Suite(.serialized) struct Quarter {
        @Test(
            "three monthly invoices a client, each period once, numbers without a gap, books in balance",
            .timeLimit(.minutes(15))
        )
        func threeMonths() async throws {
            let stack = try Stack.ofEnvironment()
            let simulated = try await stack.igny8("simulate", "--days", "92")
            #expect(simulated.succeeded, "igny8 simulate: \(simulated.output)")

            for client in stack.description.clients {
                let invoices = try await stack.rows(
                    """
                    select number, status, period_start::text as start from igny8_invoices
                    where subscription_id = \(client.subscription_id) order by period_start
                    """
                )
                let starts = try invoices.map { try $0.decode("start", as: String.self) }
                #expect(starts.count == 4, "\(client.name): \(starts)")
                #expect(Array(starts.dropFirst()) == ["2026-10-01", "2026-11-01", "2026-12-01"], "\(client.name)")
                for invoice in invoices {
                    #expect(try invoice.decode("status", as: String.self) == "paid", "\(client.name)")
                }
            }
            let articles = try await stack.rows(
                """
                select site.domain, subscription.current_month_articles_published as counter,
                    subscription.articles_per_month as target,
                    count(content.id) filter (where content.status = 'published') as published,
                    count(content.id) filter (
                        where content.status = 'published' and content.published_at
                            >= subscription.current_month_start::timestamp at time zone account.time_zone) as this_month
                from igny8_managed_service_subscriptions subscription
                join igny8_accounts account on account.id = subscription.account_id
                join igny8_sites site on site.id = subscription.site_id
                left join igny8_content content on content.site_id = site.id
                group by site.id, subscription.id, account.id order by site.domain
                """
            )
            #expect(articles.count == stack.description.clients.count)
            for row in articles {
                let domain = try row.decode("domain", as: String.self)
                let counter = try row.decode("counter", as: Int64.self)
                let target = try row.decode("target", as: Int64.self)
                #expect(try row.decode("this_month", as: Int64.self) == counter, "\(domain)")
                #expect(counter == target, "\(domain): December is over, \(counter) of \(target)")
                #expect(try row.decode("published", as: Int64.self) > 3 * target, "\(domain)")
            }
            try await stack.expectCompletedOrders()
            try await stack.expectBalancedBooks()
            try await stack.expectMeasures()
        }
    }
}
