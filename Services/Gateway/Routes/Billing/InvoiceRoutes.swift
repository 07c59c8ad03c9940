import DomainModel
import HTTPTypes

enum InvoiceRoutes {
    static let endpoints = [
        Endpoint.list(
            "billing/invoices/",
            .anyone,
            "listInvoices",
            "Invoices: all for staff, the account's own for members",
            Resources.invoices
        ).with { $0.scope = .billingRead },
        Endpoint.detail(
            "billing/invoices/{id}/",
            .anyone,
            "getInvoice",
            "An invoice with its lines",
            Resources.invoiceDetails
        ).with { $0.scope = .billingRead },
    ]
}
