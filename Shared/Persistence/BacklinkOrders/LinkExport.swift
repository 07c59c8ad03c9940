public import Postgres

/// Orders, links and what became of them as facts that are the same whenever the same things happened, for comparing two
/// lives of the same agency (as ``LedgerExport`` does for the books).
///
/// Natural keys and business days alone: what a vendor calls a link, domains, states. Ports of a machine are left out of
/// addresses.
public enum LinkExport {
    /// One line a fact, sorted within its kind. Reads all accounts, so it runs in a transaction of the system.
    public static func facts(in tx: PostgresTransaction) async throws -> [String] {
        var lines: [String] = []
        for statement in [orders, links, flags, claims, requests] {
            for row in try await tx.query(statement) { lines.append(try row.decode("fact")) }
        }
        return lines
    }

    private static let orders: SQL = """
        select fact from (select concat_ws(' | ', 'order', site.domain, o.package, o.pricing, o.niche, o.status,
            'charged ' || o.charged_total, 'cost ' || o.actual_cost, o.currency,
            concat_ws('/', o.links_agreed, o.links_ordered, o.links_delivered, o.links_live, o.links_indexed),
            'approved ' || o.approved_at::date, 'completed ' || o.completed_at::date, invoice.number) as fact
        from igny8_backlink_service_orders o
        join igny8_sites site on site.id = o.site_id
        left join igny8_invoices invoice on invoice.id = o.invoice_id) facts
        order by fact collate "C"
        """

    private static let links: SQL = """
        select fact from (select concat_ws(' | ', 'link', site.domain, l.supplier_reference, l.status, l.target_url,
            regexp_replace(l.source_url, ':[0-9]+/', '/'), l.cost || ' ' || l.currency, l.last_verdict,
            'ordered ' || l.ordered_at::date, 'delivered ' || l.delivered_at::date, 'live ' || l.live_at::date,
            'lost ' || l.lost_at::date || ', ' || l.lost_reason, 'rejected ' || l.rejected_at::date,
            'indexed ' || l.indexed_at::date, 'guaranteed until ' || l.guarantee_until,
            'instead of ' || replaced.supplier_reference) as fact
        from igny8_sag_backlinks l
        join igny8_sites site on site.id = l.site_id
        left join igny8_sag_backlinks replaced on replaced.id = l.replaces_id) facts
        order by fact collate "C"
        """

    private static let flags: SQL = """
        select fact from (select concat_ws(' | ', 'flag', flag.kind, site.domain, l.supplier_reference,
            'since ' || flag.since::date, 'cleared ' || flag.cleared_at::date) as fact
        from igny8_delivery_flags flag
        join igny8_sag_backlinks l on flag.subject_kind = 'backlink' and l.id = flag.subject_id
        join igny8_sites site on site.id = l.site_id) facts
        order by fact collate "C"
        """

    private static let claims: SQL = """
        select fact from (select concat_ws(' | ', 'claim', site.domain, l.supplier_reference, claim.status,
            claim.expected || ' ' || claim.currency, 'recovered ' || claim.recovered, 'lost ' || claim.lost_at::date,
            'resolved ' || claim.resolved_at::date) as fact
        from igny8_link_claims claim
        join igny8_sag_backlinks l on l.id = claim.backlink_id
        join igny8_sites site on site.id = claim.site_id) facts
        order by fact collate "C"
        """

    private static let requests: SQL = """
        select fact from (select concat_ws(' | ', 'indexing', site.domain, regexp_replace(r.url, ':[0-9]+/', '/'),
            r.indexing_service, r.status, 'cost ' || r.cost, 'price ' || r.client_price,
            'submitted ' || r.submitted_at::date, 'again ' || r.resubmitted_at::date, 'indexed ' || r.indexed_at::date,
            case when r.needs_review then 'to be reviewed' end) as fact
        from igny8_backlink_indexing_requests r
        join igny8_sites site on site.id = r.site_id) facts
        order by fact collate "C"
        """
}
