import FileStore
import JobQueue
import Persistence
public import ServiceRuntime

/// What this service needs beside what every service needs.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_STRIPE_URL` | where Stripe's API is, without `/v1` | required |
/// | `IGNY8_STRIPE_SECRET_KEY` | `sk_…` (secret) | required |
/// | `IGNY8_PAYPAL_URL` | where PayPal's API is | `https://api-m.paypal.com` |
/// | `IGNY8_PAYPAL_CLIENT_ID` | of the REST app; without it PayPal is not set up | none |
/// | `IGNY8_PAYPAL_CLIENT_SECRET` | its secret (secret) | required with the id |
/// | `IGNY8_SMTP_URL` | `smtp://`, `smtp+starttls://` or `smtps://` (secret password) | required |
/// | `IGNY8_MAIL_FROM` | the From header: an address, or `Name <address>` | required |
/// | `IGNY8_PUBLIC_URL` | where clients log in | required |
/// | `IGNY8_KEY_ENCRYPTION_KEY` | base64, 32 bytes: opens what is sealed, such as webhooks' secrets (secret) | none |
/// | `IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS` | the one before, while a rotation is under way (secret) | none |
/// | `IGNY8_FILES` and what belongs to it | where files that are attached to mails lie, see `FileStoreConfiguration` | none |
/// | `IGNY8_WORKER_CAPACITY` | jobs at the same time | 128 |
/// | `IGNY8_JOB_LEASE_SECONDS` | when a silent worker is given up | 30 |
/// | `IGNY8_JOB_HISTORY_DAYS` | days of finished jobs that are kept | 92 |
/// | `IGNY8_DEAD_JOB_DAYS` | days for which dead jobs are kept | 183 |
/// | `IGNY8_DEAD_JOBS` | dead jobs that are kept at most | 100000 |
public struct SubscriptionsConfiguration: Sendable {
    var stripeURL: String
    var stripeSecretKey: String
    var paypal: PayPalAccount?
    var smtpURL: String
    var mailFrom: String
    var publicURL: String
    var keyEncryptionKey: KeyEncryptionKey?
    var previousKeyEncryptionKey: KeyEncryptionKey?
    var files: FileStoreConfiguration?
    var worker: WorkerConfiguration

    public init(_ settings: Settings) throws(ConfigurationError) {
        stripeURL = Self.bare(try settings.url("IGNY8_STRIPE_URL", schemes: ["https", "http"]))
        stripeSecretKey = try settings.secret("IGNY8_STRIPE_SECRET_KEY")
        paypal = try PayPalAccount(settings)
        smtpURL = try settings.url("IGNY8_SMTP_URL", schemes: ["smtp", "smtp+starttls", "smtps"])
        mailFrom = try settings.value("IGNY8_MAIL_FROM", expected: "an address, or a name and <address>") {
            MailHouse.address(in: $0) == nil ? nil : $0
        }
        publicURL = Self.bare(try settings.url("IGNY8_PUBLIC_URL", schemes: ["https", "http"]))
        keyEncryptionKey = try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
            .flatMap { KeyEncryptionKey(bytes: $0) }
        previousKeyEncryptionKey = try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS", bytes: 32...32)
            .flatMap { KeyEncryptionKey(bytes: $0) }
        files = try FileStoreConfiguration.ifAny(settings)
        // Jobs of this queue mostly wait for Stripe and the mail server, and hold no connection meanwhile: a charge takes
        // Stripe two seconds in six calls, so 128 of them are sixty a second.
        worker = WorkerConfiguration(
            capacity: try settings.integer("IGNY8_WORKER_CAPACITY", in: 1...256, default: 128),
            lease: try settings.seconds("IGNY8_JOB_LEASE_SECONDS", in: 1...600, default: .seconds(30)),
            retention: Retention(
                historyDays: try settings.integer("IGNY8_JOB_HISTORY_DAYS", in: 1...3650, default: 92),
                deadDays: try settings.integer("IGNY8_DEAD_JOB_DAYS", in: 1...3650, default: 183),
                deadJobs: try settings.integer("IGNY8_DEAD_JOBS", in: 0...10_000_000, default: 100_000)
            )
        )
    }

    fileprivate static func bare(_ url: String) -> String {
        url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}

/// How we are known to PayPal.
struct PayPalAccount: Sendable {
    /// Without a slash at the end.
    let url: String
    let clientID: String
    let clientSecret: String

    /// - Returns: nil where PayPal is not set up.
    init?(_ settings: Settings) throws(ConfigurationError) {
        let url = try settings.url("IGNY8_PAYPAL_URL", schemes: ["https", "http"], default: "https://api-m.paypal.com")
        let id = try settings.text("IGNY8_PAYPAL_CLIENT_ID", default: "")
        if id.isEmpty { return nil }
        self.url = SubscriptionsConfiguration.bare(url)
        clientID = id
        clientSecret = try settings.secret("IGNY8_PAYPAL_CLIENT_SECRET")
    }
}
