import DomainModel
import FileStore
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import Redis

/// What the routes stand on.
struct GatewayServices: Sendable {
    let configuration: GatewayConfiguration
    let store: Store
    let producer: JobProducer
    let mail: Outbox
    let tokens: AccessTokens
    let cookies: SessionCookies
    let quotes: QuoteSlip
    let guardian: CrossSiteGuard
    let authenticator: Authenticator
    let passwords: PasswordWorker
    let limiter: RateLimiter
    let limits: RequestLimits
    let addresses: ClientAddresses
    let usage: FeatureUsageBuffer
    /// Seals what clients may not read again; nil where no key is configured.
    let secrets: SecretBox?
    let files = FileReader()
    /// Where PDFs and logos lie; nil where no store is configured.
    let documents: (any FileStore)?
    /// Which hosts are brands'.
    let hosts: BrandHosts
    /// The host name that the house itself is reached by.
    let ownHost: String
    let answers = RememberedAnswers()
    /// Machine time: what a provider's signature is held against.
    let clock: MachineClock
    let logger: Logger

    init(
        configuration: GatewayConfiguration,
        store: Store,
        redis: RedisClient?,
        documents: (any FileStore)? = nil,
        clock: MachineClock = .system,
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.store = store
        self.documents = documents
        self.clock = clock
        ownHost = URLComponents(string: configuration.publicURL)?.host?.lowercased() ?? ""
        hosts = BrandHosts(store: store, ownHost: ownHost)
        self.logger = logger
        producer = JobProducer(redis: redis, logger: logger)
        secrets = configuration.keyEncryptionKey.map {
            SecretBox(current: $0, previous: configuration.previousKeyEncryptionKey)
        }
        usage = FeatureUsageBuffer(store: store, logger: logger)
        mail = Outbox(producer: producer, sender: configuration.mailFrom)
        tokens = await AccessTokens(key: configuration.tokenKey, clock: clock)
        cookies = SessionCookies(key: configuration.tokenKey)
        quotes = QuoteSlip(key: configuration.tokenKey)
        guardian = CrossSiteGuard(cookies: cookies, publicOrigin: configuration.publicURL)
        authenticator = Authenticator(tokens: tokens, keys: KeyDirectory(store: store), guardian: guardian)
        passwords = try PasswordWorker(cost: configuration.passwordCost)
        limiter = RateLimiter(redis: redis, logger: logger)
        // Ten seconds' worth at once: a page that loads thirty things is no abuse.
        limits = RequestLimits(
            limiter: limiter,
            perAccount: RateLimit(rate: Double(configuration.ratePerAccount), burst: configuration.ratePerAccount * 10),
            perAddress: RateLimit(rate: Double(configuration.ratePerAddress), burst: configuration.ratePerAddress * 10)
        )
        addresses = ClientAddresses(trustedProxies: configuration.trustedProxies)
    }

    /// Notes that a key is in use, at most once a minute, without keeping the request waiting.
    func noteUse(of identity: Identity) {
        guard identity.isUseStale, case .key(let id) = identity.principal else { return }
        let tenant = Tenant.account(.init(identity.accountID))
        Task {
            do {
                let update: SQL = "update igny8_api_keys set last_used_at = now() where id = \(id)"
                _ = try await store.batch(as: tenant, actor: identity.name, [update])
            } catch {
                logger.warning("last use of a key not noted", metadata: ["key": "\(id)", "error": "\(error)"])
            }
        }
    }
}
