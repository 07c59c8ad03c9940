import DomainModel
import JobQueue
import Persistence

/// What the tasks of this service work with.
struct Office: Sendable {
    let store: Store
    let producer: JobProducer
    let payments: PaymentGateways
    let certificates: any CertificateSource
    let sites: any SiteProbe
    let postman: any Postman
    let letters: LetterRenderer
    let house: MailHouse
}

extension Tenant {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    static func job(_ context: JobContext) -> Tenant {
        .system(reason: "\(context.task) \(context.id)")
    }
}
