import Persistence
public import ServiceRuntime

/// What the sandbox is told by its environment, beside what every service is.
///
/// | variable | meaning |
/// | --- | --- |
/// | `IGNY8_DATABASE_OWNER_URL` | its own tables, and the business clock |
/// | `IGNY8_HTTP_HOST`, `IGNY8_HTTP_PORT` | where it plays Stripe, WordPress and the mailbox |
/// | `IGNY8_SANDBOX_SMTP_PORT` | the SMTP sink |
/// | `IGNY8_SANDBOX_URL` | how others reach it; without it, the host and port above |
/// | `IGNY8_GATEWAY_URL` | where webhooks go; without it, they are kept and not sent |
/// | `IGNY8_STRIPE_SECRET_KEY` | the only key it takes; without it, any `sk_…` |
/// | `IGNY8_STRIPE_WEBHOOK_SECRETS` | the first signs |
/// | `IGNY8_PAYPAL_CLIENT_ID`, `IGNY8_PAYPAL_CLIENT_SECRET` | the only ones it takes; without them, any |
/// | `IGNY8_PAYPAL_WEBHOOK_IDS` | the first is signed for; without it, PayPal's events are kept and not sent |
/// | `IGNY8_SANDBOX_AHREFS_RATE` | Ahrefs' requests a minute and key; 60 |
/// | `IGNY8_KEY_ENCRYPTION_KEY` | seals the sites' application passwords; without it, none are kept |
/// | `IGNY8_SANDBOX_SEED`, `…_WEBHOOK_DUPLICATES`, `…_WEBHOOK_DISORDER` | the post office's weather: hundredths |
public struct SandboxConfiguration: Sendable {
    var ownerURL: String
    var httpHost: String
    var httpPort: Int
    var smtpPort: Int
    var publicURL: String
    var gatewayURL: String?
    var stripeKey: String?
    var webhookSecrets: [String]
    var paypalClientID: String?
    var paypalClientSecret: String?
    var paypalWebhookID: String?
    var keyEncryptionKey: KeyEncryptionKey?
    var weather: WebhookWeather
    var workerCapacity: Int
    var ahrefsRate: Int

    public init(_ settings: Settings) throws(ConfigurationError) {
        ownerURL = try settings.url("IGNY8_DATABASE_OWNER_URL", schemes: ["postgresql", "postgres"])
        httpHost = try settings.text("IGNY8_HTTP_HOST", default: "127.0.0.1")
        httpPort = try settings.integer("IGNY8_HTTP_PORT", in: 0...65_535, default: 8090)
        smtpPort = try settings.integer("IGNY8_SANDBOX_SMTP_PORT", in: 0...65_535, default: 1025)
        publicURL =
            try settings.optionalURL("IGNY8_SANDBOX_URL", schemes: ["http", "https"])
            ?? "http://\(httpHost):\(httpPort)"
        gatewayURL = try settings.optionalURL("IGNY8_GATEWAY_URL", schemes: ["http", "https"])
        stripeKey = try settings.optionalSecret("IGNY8_STRIPE_SECRET_KEY")
        webhookSecrets = try settings.secrets("IGNY8_STRIPE_WEBHOOK_SECRETS")
        paypalClientID = try settings.optionalSecret("IGNY8_PAYPAL_CLIENT_ID")
        paypalClientSecret = try settings.optionalSecret("IGNY8_PAYPAL_CLIENT_SECRET")
        paypalWebhookID = try settings.text("IGNY8_PAYPAL_WEBHOOK_IDS", default: "")
            .split(separator: ",").first.map { $0.filter { $0 != " " } }
        keyEncryptionKey = try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
            .flatMap { KeyEncryptionKey(bytes: $0) }
        weather = WebhookWeather(
            seed: Int64(try settings.integer("IGNY8_SANDBOX_SEED", in: 0...Int.max, default: 0)),
            duplicates: Double(try settings.integer("IGNY8_SANDBOX_WEBHOOK_DUPLICATES", in: 0...100, default: 0)) / 100,
            disorder: Double(try settings.integer("IGNY8_SANDBOX_WEBHOOK_DISORDER", in: 0...100, default: 0)) / 100
        )
        ahrefsRate = try settings.integer("IGNY8_SANDBOX_AHREFS_RATE", in: 1...1_000_000, default: 60)
        workerCapacity = try settings.integer("IGNY8_WORKER_CAPACITY", in: 1...1_000, default: 8)
    }
}
