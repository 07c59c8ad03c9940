import FileStore
import Foundation
import JobQueue
import Persistence
public import ServiceLifecycle
public import ServiceRuntime
import WebClient

/// The service as it runs: one worker of the queue `subscriptions`.
public enum SubscriptionsService {
    /// Everything but what the host brings.
    public static func build(
        _ host: ServiceHost,
        _ configuration: SubscriptionsConfiguration
    ) throws -> [any Service] {
        let web = WebClient(loop: host.loop, logger: host.logger)
        let house = MailHouse(
            name: "IGNY8 Managed Services",
            portal: configuration.publicURL,
            sender: configuration.mailFrom
        )
        let office = Office(
            store: host.store,
            producer: JobProducer(redis: host.redis, logger: host.logger),
            payments: gateways(configuration, web),
            certificates: WebCertificateSource(client: web, guardAddresses: host.configuration.mode == .production),
            sites: WordPressProbe(client: web, guardAddresses: host.configuration.mode == .production),
            postman: SMTPPostman(transport: try MailTransport(url: configuration.smtpURL, loop: host.loop)),
            letters: try LetterRenderer(house: house),
            house: house,
            webhooks: WebWebhookSender(client: web, guardAddresses: host.configuration.mode == .production),
            secrets: configuration.keyEncryptionKey.map {
                SecretBox(current: $0, previous: configuration.previousKeyEncryptionKey)
            },
            files: configuration.files?.open(web)
        )
        return [worker(of: office, host, configuration.worker)]
    }

    /// Stripe always; PayPal where it is set up.
    private static func gateways(_ configuration: SubscriptionsConfiguration, _ web: WebClient) -> PaymentGateways {
        let stripe = StripeGateway(
            client: web,
            baseURL: configuration.stripeURL,
            secretKey: configuration.stripeSecretKey
        )
        guard let account = configuration.paypal else { return PaymentGateways(stripe) }
        return PaymentGateways(
            stripe,
            PayPalGateway(
                client: web,
                baseURL: account.url,
                clientID: account.clientID,
                clientSecret: account.clientSecret
            )
        )
    }

    private static func worker(
        of office: Office,
        _ host: ServiceHost,
        _ configuration: WorkerConfiguration
    ) -> JobWorker {
        JobWorker(
            queue: Queue.subscriptions,
            tasks: tasks(office),
            schedules: schedules,
            zones: { [store = host.store] in
                try await store.read(as: .system(reason: "zones of the schedules"), actor: "scheduler") { tx in
                    try await Accounts.zones(in: tx)
                }
            },
            database: host.database,
            redis: host.redis,
            configuration: configuration,
            logger: host.logger
        )
    }
}
