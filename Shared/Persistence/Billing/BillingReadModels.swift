extension ReadModel {
    /// Invoices without their lines.
    public static let invoices = ReadModel(
        "Invoice",
        table: "igny8_invoices",
        search: ["t.number"],
        isLarge: true,
        columns: invoiceColumns
    )

    /// Invoices with their lines.
    public static let invoiceDetails = ReadModel(
        "InvoiceDetail",
        table: "igny8_invoices",
        columns: invoiceColumns + [
            Column("seller", .json),
            Column("buyer", .json),
            Column("lines", .json, invoiceLines),
            Column("credit_notes", .json, creditNotes),
        ]
    )

    private static let invoiceColumns = [
        Column("id", .id, sort: true),
        Column("account_id", .id, filter: true),
        Column("subscription_id", .id, null: true, filter: true),
        Column("number", .text, null: true, filter: true, sort: true),
        Column(
            "kind",
            .word(["managed", "plan", "backlinks", "indexing", "credits", "other"]),
            filter: true
        ),
        Column("status", .word(["draft", "pending", "paid", "void", "uncollectible"]), filter: true, sort: true),
        Column("currency", .text, filter: true),
        Column("period_start", .day, null: true, filter: true),
        Column("period_end", .day, null: true),
        Column("net", .money),
        Column("tax", .money),
        Column("total", .money, sort: true),
        Column("paid", .money),
        Column("credited", .money),
        Column("due", .money, sort: true),
        Column("collection", .word(["automatic", "manual"]), filter: true),
        Column("issued_on", .day, null: true, filter: true),
        Column("issued_at", .time, null: true, sort: true),
        Column("next_attempt_at", .time, null: true),
        Column("paid_at", .time, null: true),
        Column("voided_at", .time, null: true),
        Column("earned_on", .day, null: true),
        Column("created_at", .time, sort: true),
        Column("updated_at", .time),
    ]

    /// Amounts as strings with the decimals of the currency, or more where there are more.
    private static let invoiceLines = """
        (select coalesce(jsonb_agg(jsonb_build_object(
            'position', l.position, 'kind', l.kind, 'description', l.description, 'quantity', l.quantity,
            'unit_price', \(amount("l.unit_price")), 'net', \(amount("l.net")), 'tax', \(amount("l.tax")),
            'tax_rate', trim_scale(l.tax_rate)::text, 'period_start', l.period_start, 'period_end', l.period_end)
            order by l.position), '[]')
         from igny8_invoice_lines l where l.invoice_id = t.id)
        """

    private static let creditNotes = """
        (select coalesce(jsonb_agg(jsonb_build_object(
            'id', n.id, 'number', n.number, 'reason', n.reason, 'net', \(amount("n.net")), 'tax', \(amount("n.tax")),
            'applied_to_due', \(amount("n.applied_to_due")), 'excess', \(amount("n.excess")), 'issued_at', n.issued_at,
            'lines', (select jsonb_agg(jsonb_build_object('position', l.position, 'net', \(amount("l.net")),
                'tax', \(amount("l.tax")), 'tax_rate', trim_scale(l.tax_rate)::text, 'period_start', l.period_start,
                'period_end', l.period_end) order by l.position)
                from igny8_credit_note_lines l where l.credit_note_id = n.id))
            order by n.id), '[]')
         from igny8_credit_notes n where n.invoice_id = t.id)
        """

    private static func amount(_ column: String) -> String {
        """
        round(\(column), greatest(scale(trim_scale(\(column))), case
            when t.currency = any ('{\(withoutDecimals)}') then 0 when t.currency = any ('{\(withThree)}') then 3 else 2
            end))::text
        """
    }

    private static let withoutDecimals = "BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF"
    private static let withThree = "BHD,IQD,JOD,KWD,LYD,OMR,TND"

    /// Saved payment methods that are not deleted. The provider's reference stays inside.
    public static let paymentMethods = ReadModel(
        "PaymentMethod",
        table: "igny8_account_payment_methods",
        condition: "not t.is_deleted",
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("kind", .word(["stripe", "paypal", "bank", "wallet", "manual"]), filter: true),
            Column("display_name", .text),
            Column("brand", .text, null: true),
            Column("last4", .text, null: true),
            Column("expires_month", .integer, null: true),
            Column("expires_year", .integer, null: true),
            Column("country", .text, null: true),
            Column("is_default", .boolean, filter: true),
            Column("is_verified", .boolean, filter: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )
}

extension ReadModel {
    /// Attempts at invoices, with what was given back of them.
    public static let payments = ReadModel("Payment", table: "igny8_payments", isLarge: true, columns: paymentColumns)

    /// A payment with its refunds.
    public static let paymentDetails = ReadModel(
        "PaymentDetail",
        table: "igny8_payments",
        columns: paymentColumns + [Column("refunds", .json, paymentRefunds)]
    )

    private static let paymentColumns = [
        Column("id", .id, sort: true),
        Column("account_id", .id, filter: true),
        Column("invoice_id", .id, filter: true),
        Column("payment_method_id", .id, null: true),
        Column("kind", .word(["stripe", "paypal", "bank", "wallet", "manual"]), filter: true),
        Column("attempt", .integer),
        Column(
            "status",
            .word(["pending", "processing", "succeeded", "completed", "failed", "refunded", "cancelled"]),
            filter: true,
            sort: true
        ),
        Column("amount", .money, sort: true),
        Column("currency", .text, filter: true),
        Column("refunded", .money),
        Column("excess", .money),
        Column("fee", .money, null: true),
        Column("decline_code", .text, null: true),
        Column("decline_message", .text, null: true),
        Column("settled_at", .time, null: true),
        Column("created_at", .time, sort: true),
        Column("updated_at", .time),
    ]

    private static let paymentRefunds = """
        (select coalesce(jsonb_agg(jsonb_build_object(
            'id', r.id, 'number', r.number, 'status', r.status, 'amount', \(amount("r.amount")), 'reason', r.reason,
            'failure_reason', r.failure_reason, 'created_at', r.created_at) order by r.id), '[]')
         from igny8_refunds r where r.payment_id = t.id)
        """

    /// What was given back, or is to be.
    public static let refunds = ReadModel(
        "Refund",
        table: "igny8_refunds",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("payment_id", .id, filter: true),
            Column("credit_note_id", .id, null: true),
            Column("number", .text, filter: true, sort: true),
            Column("status", .word(["pending", "succeeded", "failed", "cancelled"]), filter: true),
            Column("amount", .money, sort: true),
            Column("currency", .text, filter: true),
            Column("reason", .text),
            Column("failure_reason", .text, null: true),
            Column(
                "awaits_approval",
                .boolean,
                "(t.needs_approval and t.decided_by is null and t.status = 'pending')",
                filter: true
            ),
            Column("credits_taken", .integer),
            Column("credits_short", .integer),
            Column("created_by", .id, null: true),
            Column("decided_by", .id, null: true),
            Column("decided_at", .time, null: true),
            Column("settled_at", .time, null: true),
            Column("created_at", .time, sort: true),
        ]
    )

    /// Credit notes, whichever invoices they are on.
    public static let creditNoteSummaries = ReadModel(
        "CreditNoteSummary",
        table: "igny8_credit_notes",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("invoice_id", .id, filter: true),
            Column("number", .text, filter: true, sort: true),
            Column("currency", .text, filter: true),
            Column("net", .money),
            Column("tax", .money),
            Column("applied_to_due", .money),
            Column("excess", .money),
            Column("reason", .text),
            Column("issued_at", .time, sort: true),
        ]
    )

    /// What we owe clients: it pays their next invoices.
    public static let customerCredits = ReadModel(
        "CustomerCredit",
        table: "igny8_customer_credits",
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("currency", .text, filter: true),
            Column("balance", .money, sort: true),
            Column("updated_at", .time, sort: true),
        ]
    )

    /// What our books and a gateway's list do not agree on.
    public static let gatewayDifferences = ReadModel(
        "GatewayDifference",
        table: "igny8_reconciliation_differences",
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, null: true, filter: true),
            Column("provider", .word(["stripe", "paypal"]), filter: true),
            Column("subject", .word(["charge", "refund", "dispute"]), filter: true),
            Column("kind", .word(["missing_here", "missing_there", "amount", "status"]), filter: true),
            Column("provider_reference", .text, filter: true),
            Column("payment_id", .id, null: true, filter: true),
            Column("ours", .text, null: true),
            Column("theirs", .text, null: true),
            Column("is_open", .boolean, "(t.cleared_at is null)", filter: true),
            Column("found_at", .time, sort: true),
            Column("last_seen_at", .time),
            Column("cleared_at", .time, null: true),
            Column("cleared_reason", .text, null: true),
        ]
    )
}
