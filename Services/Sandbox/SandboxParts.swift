import Hummingbird
import JobQueue
import Persistence
import Postgres
import ServiceRuntime
import WebClient

/// The parts of a sandbox, put together.
struct SandboxParts {
    let database: PostgresDatabase
    let outbox: WebhookOutbox
    let courier: WebhookCourier?
    let smtp: SMTPServer
    let core: JobWorker
    let world: WorldRunner
    let worldBell: Bell
    let application: Application<RouterResponder<SandboxContext>>

    init(_ host: ServiceHost, _ configuration: SandboxConfiguration) async throws {
        let logger = host.logger
        var access = PostgresConfiguration(url: configuration.ownerURL, applicationName: host.name)
        // Stripe calls hold one each for a few milliseconds; more than six at once would only wait for the disk.
        access.leasedConnections = 6
        let database = PostgresDatabase(configuration: access, loop: host.loop, logger: logger)
        try await SandboxSchema.prepare(database)

        let client = WebClient(loop: host.loop, logger: logger)
        let producer = JobProducer(redis: host.redis, logger: logger)
        let outbox = WebhookOutbox(
            bell: Bell(),
            isListening: configuration.gatewayURL != nil,
            isPayPalListening: configuration.paypalWebhookID != nil,
            weather: configuration.weather
        )
        try await outbox.load(from: database)
        let faults = FaultBook(database: database)
        try await faults.load()
        let postOffice = PostOffice(database: database)
        let worldBell = Bell()

        let paypalURL = "\(configuration.publicURL)/paypal"
        let signer = PayPalSigner(
            database: database,
            baseURL: paypalURL,
            webhookID: configuration.paypalWebhookID ?? "",
            clock: .system
        )
        let paypal = PayPalAPI(
            database: database,
            outbox: outbox,
            tokens: PayPalTokens(
                clientID: configuration.paypalClientID,
                clientSecret: configuration.paypalClientSecret,
                clock: .system
            ),
            baseURL: paypalURL,
            logger: logger
        )
        let api = StripeAPI(
            database: database,
            outbox: outbox,
            secretKey: configuration.stripeKey,
            publicURL: configuration.publicURL,
            logger: logger
        )

        self.database = database
        self.outbox = outbox
        self.worldBell = worldBell
        courier = configuration.gatewayURL.map { gateway in
            WebhookCourier(
                database: database,
                client: client,
                gatewayURL: gateway,
                secret: configuration.webhookSecrets[0],
                paypal: signer,
                bell: outbox.bell,
                clock: .system,
                logger: logger
            )
        }
        smtp = SMTPServer(
            host: configuration.httpHost,
            port: configuration.smtpPort,
            postOffice: postOffice,
            faults: faults,
            logger: logger
        )
        let office = CoreOffice(store: host.store, producer: producer, client: client)
        core = JobWorker(
            queue: CoreOffice.queue,
            tasks: [
                GenerateBlueprint(office: office), ClickApproval(office: office), WriteContent(office: office),
                PublishContent(office: office), RunAutomation(office: office), LiveCoreDay(database: database),
            ],
            schedules: [RunAutomation.schedule, LiveCoreDay.schedule],
            database: host.database,
            redis: host.redis,
            configuration: WorkerConfiguration(capacity: configuration.workerCapacity),
            logger: logger
        )
        let gateway = GatewayClient(client: client, gatewayURL: configuration.gatewayURL ?? "")
        world = WorldRunner(
            database: database,
            plugins: PluginInstaller(
                database: database,
                producer: producer,
                publicURL: configuration.publicURL,
                secrets: configuration.keyEncryptionKey.map { SecretBox(current: $0) }
            ),
            clients: CardHolder(gateway: gateway),
            stripe: api,
            paypal: paypal,
            links: LinkBuyer(
                database: database,
                producer: producer,
                gateway: gateway,
                port: configuration.httpPort
            ),
            bell: worldBell,
            logger: logger
        )
        let routes = SandboxRouter(
            stripe: StripeRoutes(api: api, faults: faults),
            authentication: AuthenticationRoutes(api: api),
            paypal: PayPalRoutes(api: paypal, signer: signer, faults: faults),
            ahrefs: AhrefsRoutes(
                api: AhrefsAPI(
                    database: database,
                    keys: AhrefsKeys(database: database, rate: configuration.ahrefsRate),
                    logger: logger
                ),
                faults: faults
            ),
            indexing: IndexingRoutes(world: IndexingWorld(database: database), faults: faults),
            searchConsole: SearchConsoleRoutes(world: SearchConsoleWorld(database: database), faults: faults),
            webhooks: WebhookRoutes(database: database, outbox: outbox),
            wordPress: WordPressRoutes(
                sites: WordPressSites(database: database),
                faults: faults,
                publicURL: configuration.publicURL
            ),
            mailbox: MailboxRoutes(postOffice: postOffice),
            faults: FaultRoutes(book: faults),
            clock: ClockRoutes(database: database),
            due: DueRoutes(database: database),
            world: WorldRoutes(database: database, bell: worldBell),
            placements: PlacementRoutes(database: database, port: configuration.httpPort)
        )
        application = Application(
            responder: routes.router().buildResponder(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.httpHost, port: configuration.httpPort),
                serverName: nil
            ),
            logger: logger
        )
    }
}
