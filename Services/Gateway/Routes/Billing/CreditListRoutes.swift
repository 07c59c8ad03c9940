import DomainModel
import HTTPTypes

enum CreditListRoutes {
    static let endpoints = [
        Endpoint.list(
            "billing/credit-notes/",
            .anyone,
            "listCreditNotes",
            "Credit notes: all for staff, the account's own for members",
            Resources.creditNotes
        ).with { $0.scope = .billingRead },
        Endpoint.list(
            "billing/customer-credits/",
            .anyone,
            "listCustomerCredits",
            "What is owed to clients and pays their next invoices, by currency",
            Resources.customerCredits
        ).with { $0.scope = .billingRead },
    ]
}
