import JobQueue
import Persistence
import Postgres
public import ServiceRuntime
import WebClient

/// What the tasks that bring data in work with.
public struct DataDesk: Sendable {
    let store: Store
    let producer: JobProducer
    let console: SearchConsole
    let secrets: SecretBox

    /// Puts it together from what the host brings.
    public init(_ host: ServiceHost, _ configuration: DataConfiguration) {
        store = host.store
        producer = JobProducer(redis: host.redis, logger: host.logger)
        console = SearchConsole(
            web: GoogleWeb(
                client: WebClient(loop: host.loop, logger: host.logger),
                guardAddresses: host.configuration.mode == .production
            ),
            configuration: configuration
        )
        secrets = configuration.secrets
    }
}

/// What Search Console is reached by.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_GOOGLE_CLIENT_ID` | of our OAuth client | none: nothing is read from Search Console |
/// | `IGNY8_GOOGLE_CLIENT_SECRET` | its secret (secret) | none |
/// | `IGNY8_GOOGLE_TOKEN_URL` | where access tokens come from | `https://oauth2.googleapis.com/token` |
/// | `IGNY8_SEARCH_CONSOLE_URL` | where Search Console's API is | `https://searchconsole.googleapis.com` |
/// | `IGNY8_KEY_ENCRYPTION_KEY` | base64, 32 bytes: opens the clients' consents (secret) | required |
/// | `IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS` | the one before, while a rotation is under way (secret) | none |
public struct DataConfiguration: Sendable {
    var clientID: String?
    var clientSecret: String?
    /// Each without a slash at the end.
    var tokenURL: String
    var searchConsoleURL: String
    var secrets: SecretBox

    /// Reads the variables above.
    public init(_ settings: Settings) throws(ConfigurationError) {
        func place(_ name: String, _ standard: String) throws(ConfigurationError) -> String {
            let url = try settings.url(name, schemes: ["https", "http"], default: standard)
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        clientID = try settings.optionalSecret("IGNY8_GOOGLE_CLIENT_ID")
        clientSecret = try settings.optionalSecret("IGNY8_GOOGLE_CLIENT_SECRET")
        tokenURL = try place("IGNY8_GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
        searchConsoleURL = try place("IGNY8_SEARCH_CONSOLE_URL", "https://searchconsole.googleapis.com")
        let bytes = try settings.key("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
        guard let current = KeyEncryptionKey(bytes: bytes) else {
            throw .missing("IGNY8_KEY_ENCRYPTION_KEY", expected: "32 bytes in base64")
        }
        secrets = SecretBox(
            current: current,
            previous: try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS", bytes: 32...32)
                .flatMap { KeyEncryptionKey(bytes: $0) }
        )
    }
}

extension DataDesk {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    private func tenant(_ context: JobContext) -> Tenant { .system(reason: "\(context.task) \(context.id)") }

    /// One transaction of a job over all accounts.
    func transaction<Value: Sendable>(
        _ context: JobContext,
        as tenant: Tenant? = nil,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.transaction(as: tenant ?? self.tenant(context), actor: "job:\(context.id)", body)
    }

    /// What a job reads before it decides.
    func read<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.read(as: tenant(context), actor: "job:\(context.id)", body)
    }
}
