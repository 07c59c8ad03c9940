import DomainModel
import FileStore
import Persistence
import ServiceRuntime

/// What the gateway reads beside ``RuntimeConfiguration``.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_HTTP_HOST` | address to listen on | `127.0.0.1` |
/// | `IGNY8_HTTP_PORT` | its port; 0 takes a free one | required |
/// | `IGNY8_PUBLIC_URL` | how browsers reach it; `https` switches HSTS on | required |
/// | `IGNY8_TOKEN_KEY` | base64, at least 32 bytes: signs access tokens | required |
/// | `IGNY8_KEY_ENCRYPTION_KEY` | base64, 32 bytes: seals webhooks' secrets | none: no webhooks |
/// | `IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS` | the one before, while a rotation is under way | none |
/// | `IGNY8_STRIPE_WEBHOOK_SECRETS` | comma separated; any of them may have signed | required |
/// | `IGNY8_PAYPAL_URL` | where PayPal's API is; its certificates may come from there | `https://api-m.paypal.com` |
/// | `IGNY8_PAYPAL_WEBHOOK_IDS` | comma separated; two while one is exchanged | none: PayPal's webhooks are refused |
/// | `IGNY8_GOOGLE_CLIENT_ID` | of our OAuth client, the reporting worker's too | none: no consent to Search Console is asked for |
/// | `IGNY8_GOOGLE_AUTHORIZE_URL` | where Google asks for consents | `https://accounts.google.com/o/oauth2/v2/auth` |
/// | `IGNY8_MAIL_FROM` | sender of mails | required |
/// | `IGNY8_SWAGGER_DIR` | folder with Swagger UI's files | a plain list at `/docs/` |
/// | `IGNY8_TRUSTED_PROXIES` | addresses whose `X-Forwarded-For` is believed | none |
/// | `IGNY8_FILES` and what belongs to it | where PDFs and logos lie, see `FileStoreConfiguration` | none: no PDF is given out |
/// | `IGNY8_CADDY_KEY` | what Caddy has to say to ask about a domain | none: no domain is known to it |
/// | `IGNY8_REFUND_LIMIT` | whole units of the currency: more of a payment is given back by two persons only | 500 |
/// | `IGNY8_RATE_PER_ACCOUNT` | requests a second, for an account | 100 |
/// | `IGNY8_RATE_PER_ADDRESS` | requests a second, for an address that has not signed in | 20 |
struct GatewayConfiguration: Sendable {
    var host: String
    var port: Int
    var publicURL: String
    var tokenKey: [UInt8]
    var keyEncryptionKey: KeyEncryptionKey?
    var previousKeyEncryptionKey: KeyEncryptionKey?
    var stripeWebhookSecrets: [String]
    /// Without a slash at the end.
    var paypalURL: String
    var paypalWebhookIDs: [String]
    var googleClientID: String?
    var googleAuthorizeURL: String
    var mailFrom: String
    var swaggerFolder: String?
    var trustedProxies: Set<String>
    var caddyKey: String?
    /// Where PDFs and logos lie.
    var files: FileStoreConfiguration?
    var refundLimit: RefundLimit
    var ratePerAccount: Int
    var ratePerAddress: Int
    var passwordCost = PasswordHash.Cost.standard

    init(_ settings: Settings) throws(ConfigurationError) {
        host = try settings.text("IGNY8_HTTP_HOST", default: "127.0.0.1")
        port = try settings.integer("IGNY8_HTTP_PORT", in: 0...65535)
        let url = try settings.url("IGNY8_PUBLIC_URL", schemes: ["http", "https"])
        publicURL = url.hasSuffix("/") ? String(url.dropLast()) : url
        tokenKey = try settings.key("IGNY8_TOKEN_KEY", bytes: 32...)
        keyEncryptionKey = try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
            .flatMap { KeyEncryptionKey(bytes: $0) }
        previousKeyEncryptionKey = try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS", bytes: 32...32)
            .flatMap { KeyEncryptionKey(bytes: $0) }
        stripeWebhookSecrets = try settings.secrets("IGNY8_STRIPE_WEBHOOK_SECRETS")
        let paypal = try settings.url(
            "IGNY8_PAYPAL_URL",
            schemes: ["https", "http"],
            default: "https://api-m.paypal.com"
        )
        paypalURL = paypal.hasSuffix("/") ? String(paypal.dropLast()) : paypal
        paypalWebhookIDs = try settings.text("IGNY8_PAYPAL_WEBHOOK_IDS", default: "")
            .split(separator: ",").map { $0.filter { $0 != " " } }
        googleClientID = try settings.optionalSecret("IGNY8_GOOGLE_CLIENT_ID")
        googleAuthorizeURL = try settings.url(
            "IGNY8_GOOGLE_AUTHORIZE_URL",
            schemes: ["https", "http"],
            default: "https://accounts.google.com/o/oauth2/v2/auth"
        )
        mailFrom = try settings.text("IGNY8_MAIL_FROM")
        let folder = try settings.text("IGNY8_SWAGGER_DIR", default: "")
        swaggerFolder = folder.isEmpty ? nil : folder
        let proxies = try settings.text("IGNY8_TRUSTED_PROXIES", default: "")
        trustedProxies = Set(proxies.split(separator: ",").map { $0.filter { $0 != " " } })
        files = try FileStoreConfiguration.ifAny(settings)
        caddyKey = try settings.optionalSecret("IGNY8_CADDY_KEY")
        refundLimit = RefundLimit(
            units: try settings.integer("IGNY8_REFUND_LIMIT", in: 0...1_000_000_000, default: 500)
        )
        ratePerAccount = try settings.integer("IGNY8_RATE_PER_ACCOUNT", in: 1...1_000_000, default: 100)
        ratePerAddress = try settings.integer("IGNY8_RATE_PER_ADDRESS", in: 1...1_000_000, default: 20)
    }

    var isBehindTLS: Bool { publicURL.hasPrefix("https://") }
}

/// How much of a payment one member of staff may give back alone (spec 10).
struct RefundLimit: Hashable, Sendable {
    /// Whole units of whatever currency the payment is in.
    let units: Int

    func isExceeded(by amount: Money) -> Bool {
        amount.minor > Int64(units) * amount.currency.minorPerMajor
    }
}
