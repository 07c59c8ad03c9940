import Persistence
import Postgres
import Testing

extension Stack {
    /// Each Pro client's three orders are completed, and every counter, cost and invoice agrees with its links.
    func expectCompletedOrders() async throws {
        let orders = try await rows(
            """
            select o.id, s.domain, o.status, o.links_agreed, o.links_live, o.charged_total::text as charged,
                (invoice.net - coalesce((select sum(net) from igny8_credit_notes where invoice_id = invoice.id), 0))::text as invoiced,
                (select count(*) from igny8_sag_backlinks l where l.order_id = o.id and l.status in ('planned', 'ordered', 'pending'))
                    as open
            from igny8_backlink_service_orders o
            join igny8_sites s on s.id = o.site_id
            left join igny8_invoices invoice on invoice.id = o.invoice_id
            order by s.domain, o.id
            """
        )
        let pro = try await rows("select from igny8_managed_service_subscriptions where tier = 'pro'").count
        #expect(orders.count == 3 * pro)
        for order in orders {
            let name =
                "order \(try order.decode("id", as: Int64.self)) of \(try order.decode("domain", as: String.self))"
            #expect(try order.decode("status", as: String.self) == "completed", "\(name)")
            #expect(try order.decode("open", as: Int64.self) == 0, "\(name)")
            #expect(
                try order.decode("charged", as: String.self) == order.decode("invoiced", as: String?.self),
                "\(name)"
            )
        }
        let (miscounted, differences) = try await store.read(as: .system(reason: "end-to-end test"), actor: "test") {
            tx in
            (
                try await Backlinks.miscounted(for: .system(reason: "end-to-end test"), in: tx),
                try await LinkBooks.differences(for: .system(reason: "end-to-end test"), in: tx)
            )
        }
        #expect(miscounted.isEmpty && differences.isEmpty, "\(miscounted) \(differences)")
        try await expectIndexingAsAgreed()
        // Some were lost, those within their guarantee were claimed, and no claim is left open for longer than staff take.
        let lost = try await rows(
            """
            select count(distinct subject_id) as lost,
                (select count(*) from igny8_link_claims) as claims,
                (select count(*) from igny8_link_claims where resolved_at is null
                    and lost_at < igny8_now() - interval '10 days') as open
            from igny8_audit_events where action = 'lost'
            """
        )
        let row = try #require(lost.first)
        #expect(try row.decode("lost", as: Int64.self) > 0)
        #expect(try row.decode("claims", as: Int64.self) > 0)
        #expect(try row.decode("open", as: Int64.self) == 0)
    }

    /// Every page that may be indexed was submitted the day its link was seen, and has kept to the line of 7, 14 and 28 days;
    /// what that cost is in the books.
    private func expectIndexingAsAgreed() async throws {
        let row = try #require(
            try await rows(
                """
                select count(*) as requests, count(*) filter (where r.submitted_at is not null) as submitted,
                    count(*) filter (where r.status = 'indexed') as indexed,
                    count(*) filter (where r.resubmitted_at is not null) as repeated,
                    count(*) filter (where r.status = 'failed') as failed,
                    count(*) filter (where not r.held_out and r.submitted_at::date > l.live_at::date + 1) as late,
                    count(*) filter (where r.resubmitted_at::date - r.submitted_at::date not between 14 and 15)
                        as repeated_on_a_wrong_day,
                    count(*) filter (where r.status in ('submitted', 'checking', 'resubmitted')
                        and r.submitted_at < igny8_now() - interval '29 days') as overdue,
                    count(*) filter (where r.status = 'failed' and not r.needs_review) as unseen,
                    count(*) filter (where l.is_indexed <> r.is_indexed) as otherwise,
                    (select count(*) from igny8_sag_backlinks live where live.status = 'live' and not live.is_indexed
                        and live.last_verdict not in ('noindex', 'canonicalized') and not live.indexing_submitted) as forgotten,
                    sum(r.cost)::numeric(12, 4)::text as cost,
                    (select coalesce(sum(amount), 0)::numeric(12, 4)::text from igny8_ledger_lines
                        where ledger_account = 'cost_indexing') as booked
                from igny8_backlink_indexing_requests r join igny8_sag_backlinks l on l.id = r.backlink_id
                """
            ).first
        )
        func count(_ name: String) throws -> Int64 { try row.decode(name) }
        print(
            """
            indexing: \(try count("requests")) requests, \(try count("indexed")) indexed, \(try count("repeated")) repeated, \
            \(try count("failed")) failed, \(try row.decode("cost", as: String.self))
            """
        )
        #expect(try count("submitted") > 0 && count("indexed") > 0 && count("repeated") > 0 && count("failed") > 0)
        for name in ["late", "repeated_on_a_wrong_day", "overdue", "unseen", "otherwise", "forgotten"] {
            #expect(try count(name) == 0, "\(name)")
        }
        #expect(try row.decode("cost", as: String.self) == row.decode("booked", as: String.self))
    }
}
