import Hummingbird

/// Everything the sandbox answers, by who it plays.
struct SandboxRouter: Sendable {
    let stripe: StripeRoutes
    let authentication: AuthenticationRoutes
    let paypal: PayPalRoutes
    let ahrefs: AhrefsRoutes
    let indexing: IndexingRoutes
    let webhooks: WebhookRoutes
    let wordPress: WordPressRoutes
    let mailbox: MailboxRoutes
    let faults: FaultRoutes
    let clock: ClockRoutes
    let due: DueRoutes
    let world: WorldRoutes
    let placements: PlacementRoutes
    let corpus = CorpusRoutes()
    let languageModel = LanguageModelRoutes()

    func router() -> Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        router.get("/") { _, _ in Answers.html(Self.index) }
        stripe.add(to: router)
        authentication.add(to: router)
        paypal.add(to: router)
        ahrefs.add(to: router)
        indexing.add(to: router)
        webhooks.add(to: router)
        wordPress.add(to: router)
        mailbox.add(to: router)
        faults.add(to: router)
        clock.add(to: router)
        due.add(to: router)
        world.add(to: router)
        placements.add(to: router)
        corpus.add(to: router)
        languageModel.add(to: router)
        return router
    }

    private static let index = MailboxPage.page(
        "IGNY8 sandbox",
        """
        <p>The world outside, played for the local stack. Nothing here is real.</p>
        <ul><li><a href="/mailbox/html/">Mailboxes</a></li><li><a href="/clock/">The clock</a></li>
        <li><a href="/due/">What is due</a></li><li><a href="/world/">World events</a></li>
        <li><a href="/placements/">Links of publishers</a></li>
        <li><a href="/webhooks/">Webhooks</a></li><li><a href="/faults/">Faults</a></li></ul>
        """
    )
}
