import DomainModel
import FileStore
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
    var webhooks: any WebhookSender = NoWebhookSender()
    /// Opens what is kept sealed; nil where no key is configured.
    var secrets: SecretBox?
    /// Where what is attached to mails lies; nil where none is configured.
    var files: (any FileStore)?
}

extension Tenant {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    static func job(_ context: JobContext) -> Tenant {
        .system(reason: "\(context.task) \(context.id)")
    }
}
