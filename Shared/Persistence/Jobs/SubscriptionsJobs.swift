public import DomainModel
public import Foundation
public import JobQueue

/// The jobs of the subscriptions worker as others order them: names and payloads, told once for both sides.
///
/// | task | payload | unique key |
/// | --- | --- | --- |
/// | `onboard_managed_client` | ``Subscription`` | none: one that runs may have looked before |
/// | `send_email` | ``Email`` | the mail |
/// | `process_webhook` | ``WebhookEvent`` | the stored event |
/// | `register_payment_method` | ``PaymentMethod`` | the saved method |
/// | `collect_payment` | ``Invoice`` | the invoice, beside the attempt that dunning plans |
/// | `prepare_paypal` | `{}` | the account |
/// | `refund_payment` | ``Refund`` | the refund |
/// | `fetch_certificate` | ``Certificate`` | one of eight slots |
/// | `reconcile_gateways` | ``Reconciliation`` | one at a time |
/// | `process_managed_billing` | `{}` | the moment |
/// | `earn_revenue` | `{}` | the moment |
/// | `plan_month` | ``Subscription`` | none: one that runs may have read the terms before |
/// | `follow_up_approval` | ``Approval`` | the approval and the moment |
/// | `follow_up_invoice` | ``Invoice`` | none: one that runs may have looked before |
/// | `migrate_plan_features` | `{}` | one at a time |
/// | `deliver_webhook` | ``Delivery`` | the delivery and its attempt |
public enum SubscriptionsJobs {
    /// The queue, which is also the Redis list of the worker.
    public static let queue = "subscriptions"

    /// Names a managed subscription.
    public struct Subscription: Codable, Hashable, Sendable {
        /// `igny8_managed_service_subscriptions.id`
        public let subscriptionID: ManagedSubscription.ID

        /// Names it.
        public init(subscriptionID: ManagedSubscription.ID) { self.subscriptionID = subscriptionID }

        enum CodingKeys: String, CodingKey { case subscriptionID = "subscription_id" }
    }

    /// Names a mail of the outbox.
    public struct Email: Codable, Hashable, Sendable {
        /// `igny8_emails.id`
        public let emailID: Int64

        /// Names it.
        public init(emailID: Int64) { self.emailID = emailID }

        enum CodingKeys: String, CodingKey { case emailID = "email_id" }
    }

    /// Names a stored webhook event.
    public struct WebhookEvent: Codable, Hashable, Sendable {
        /// `igny8_webhook_events.id`
        public let webhookEventID: Int64

        /// Names it.
        public init(webhookEventID: Int64) { self.webhookEventID = webhookEventID }

        enum CodingKeys: String, CodingKey { case webhookEventID = "webhook_event_id" }
    }

    /// Names a saved payment method.
    public struct PaymentMethod: Codable, Hashable, Sendable {
        /// `igny8_account_payment_methods.id`
        public let paymentMethodID: Int64

        /// Names it.
        public init(paymentMethodID: Int64) { self.paymentMethodID = paymentMethodID }

        enum CodingKeys: String, CodingKey { case paymentMethodID = "payment_method_id" }
    }

    /// Names an invoice.
    public struct Invoice: Codable, Hashable, Sendable {
        /// `igny8_invoices.id`
        public let invoiceID: Int64
        /// What the client wants to pay with: `igny8_account_payment_methods.id`. Without it, the default method of an
        /// invoice that we collect ourselves.
        public let paymentMethodID: Int64?
        /// Whether only the attempt that is under way is meant: a new one is not made.
        public let onlyOpen: Bool?

        /// Names it.
        public init(invoiceID: Int64, paymentMethodID: Int64? = nil, onlyOpen: Bool? = nil) {
            self.invoiceID = invoiceID
            self.paymentMethodID = paymentMethodID
            self.onlyOpen = onlyOpen
        }

        enum CodingKeys: String, CodingKey {
            case invoiceID = "invoice_id"
            case paymentMethodID = "payment_method_id"
            case onlyOpen = "only_open"
        }
    }

    /// Names an approval.
    public struct Approval: Codable, Hashable, Sendable {
        /// `igny8_approvals.id`
        public let approvalID: DomainModel.Approval.ID

        /// Names it.
        public init(approvalID: DomainModel.Approval.ID) { self.approvalID = approvalID }

        enum CodingKeys: String, CodingKey { case approvalID = "approval_id" }
    }

    /// Names a refund.
    public struct Refund: Codable, Hashable, Sendable {
        /// `igny8_refunds.id`
        public let refundID: Int64

        /// Names it.
        public init(refundID: Int64) { self.refundID = refundID }

        enum CodingKeys: String, CodingKey { case refundID = "refund_id" }
    }

    /// The address of a certificate that a gateway signs with.
    public struct Certificate: Codable, Hashable, Sendable {
        /// As the gateway's webhook named it.
        public let url: String

        /// Names it.
        public init(url: String) { self.url = url }
    }

    /// The days to compare with the gateways' lists.
    public struct Reconciliation: Codable, Hashable, Sendable {
        /// So many days back from now.
        public let days: Int

        /// Looks so far back.
        public init(days: Int) { self.days = days }
    }

    /// Names an attempt at a delivery of an outgoing webhook.
    public struct Delivery: Codable, Hashable, Sendable {
        /// `igny8_webhook_deliveries.id`
        public let deliveryID: Int64
        /// Which attempt, from 1; one that was made already changes nothing.
        public let attempt: Int

        /// Names it.
        public init(deliveryID: Int64, attempt: Int) {
            self.deliveryID = deliveryID
            self.attempt = attempt
        }

        enum CodingKeys: String, CodingKey {
            case deliveryID = "delivery_id"
            case attempt
        }
    }

    /// Names a consent that has ended.
    public struct Consent: Codable, Hashable, Sendable {
        /// `igny8_gsc_connections.id`
        public let connectionID: Int64
        /// Which consent; one that was given since is another.
        public let tokenVersion: Int

        enum CodingKeys: String, CodingKey {
            case connectionID = "connection_id"
            case tokenVersion = "token_version"
        }
    }

    /// Asks the client to let us read their Search Console again.
    public static func askForConsent(_ connection: Int64, version: Int, account: Account.ID) -> NewJob {
        job(
            "ask_for_consent",
            account,
            Consent(connectionID: connection, tokenVersion: version),
            key: "connection:\(connection):\(version)"
        )
    }

    /// Starts onboarding, or takes it up where it stands.
    public static func onboard(_ subscription: ManagedSubscription.ID, account: Account.ID) -> NewJob {
        job("onboard_managed_client", account, Subscription(subscriptionID: subscription), key: nil)
    }

    /// Sends one mail.
    public static func sendEmail(_ email: Int64, account: Account.ID) -> NewJob {
        job("send_email", account, Email(emailID: email), key: "email:\(email)")
    }

    /// Works one stored event off. The account is found in the event by the task itself.
    public static func processWebhook(_ event: Int64) -> NewJob {
        job("process_webhook", nil, WebhookEvent(webhookEventID: event), key: "webhook:\(event)")
    }

    /// Attaches a saved method to the account's customer at the provider, and learns what may be shown of it.
    public static func registerPaymentMethod(_ method: Int64, account: Account.ID) -> NewJob {
        job(
            "register_payment_method",
            account,
            PaymentMethod(paymentMethodID: method),
            key: "payment_method:\(method)"
        )
    }

    /// One attempt at one invoice, now; the attempt that dunning has planned for later stays planned.
    public static func collectPayment(_ invoice: Int64, account: Account.ID) -> NewJob {
        job("collect_payment", account, Invoice(invoiceID: invoice), key: "invoice:\(invoice):now")
    }

    /// One attempt at one invoice with a method of the client's choice, now. It shares its key with
    /// ``collectPayment(_:account:)``: however many ask at once, one attempt is made.
    public static func pay(_ invoice: Int64, with method: Int64, account: Account.ID) -> NewJob {
        job(
            "collect_payment",
            account,
            Invoice(invoiceID: invoice, paymentMethodID: method),
            key: "invoice:\(invoice):now"
        )
    }

    /// Begins a PayPal wallet that the client then approves; the job's result says where.
    public static func preparePayPal(account: Account.ID) -> NewJob {
        job("prepare_paypal", account, [String: String](), key: "account:\(account)")
    }

    /// Gives a refund back through its gateway.
    public static func refundPayment(_ refund: Int64, account: Account.ID) -> NewJob {
        job("refund_payment", account, Refund(refundID: refund), key: "refund:\(refund)")
    }

    /// Fetches the certificate that PayPal's webhook named. The keys are few, so that addresses which strangers make up
    /// cannot fill the queue.
    public static func fetchCertificate(_ url: String) -> NewJob {
        let slot = url.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 7 }
        return job("fetch_certificate", nil, Certificate(url: url), key: "slot:\(slot)")
    }

    /// Compares our books with the gateways' lists, now.
    public static func reconcile(days: Int) -> NewJob {
        job("reconcile_gateways", nil, Reconciliation(days: days), key: "now")
    }

    /// A billing run soon, after an activation or a resumption. What becomes due meanwhile is billed by the same run, in
    /// a fixed order, so that invoice numbers do not depend on who was faster.
    /// - Parameter moment: business time, later than now: a run that has begun may not see what is not committed yet.
    public static func bill(at moment: Date) -> NewJob {
        NewJob(
            queue: queue,
            task: "process_managed_billing",
            account: nil,
            payload: [String: String](),
            uniqueKey: "at:\(Int(moment.timeIntervalSince1970))",
            runAt: moment
        )
    }

    /// Lets what invoices have billed become revenue, where their days are over.
    public static func earnRevenue(at moment: Date) -> NewJob {
        NewJob(
            queue: queue,
            task: "earn_revenue",
            account: nil,
            payload: [String: String](),
            uniqueKey: "at:\(Int(moment.timeIntervalSince1970))",
            runAt: moment
        )
    }

    /// What is to run soon after an account has moved to another zone, where the month may have begun already: the 1st
    /// that its schedules wait for may be past there.
    public static func afterMove(of account: Account.ID, at moment: Date) -> [NewJob] {
        [bill(at: moment), earnRevenue(at: moment)].map { job in
            var job = job
            job.account = account.rawValue
            return job
        }
    }

    /// Writes the content tasks that a subscription's month is short of, after its quota has grown.
    public static func planMonth(_ subscription: ManagedSubscription.ID, account: Account.ID) -> NewJob {
        job("plan_month", account, Subscription(subscriptionID: subscription), key: nil)
    }

    /// What follows when an invoice was issued by a purchase, or changed by staff: mails, flags, a service that goes on.
    public static func followUpInvoice(_ invoice: Int64, account: Account.ID) -> NewJob {
        job("follow_up_invoice", account, Invoice(invoiceID: invoice), key: nil)
    }

    /// Does what is due about an approval: asks, reminds, and at its deadline does what was agreed for silence.
    /// - Parameter moment: business time; now when left out.
    public static func followUp(
        _ approval: DomainModel.Approval.ID,
        account: Account.ID,
        at moment: Date? = nil
    ) -> NewJob {
        var job = job(
            "follow_up_approval",
            account,
            Approval(approvalID: approval),
            key: "approval:\(approval):\(moment.map { "\(Int($0.timeIntervalSince1970))" } ?? "now")"
        )
        job.runAt = moment
        return job
    }

    /// Brings the plans up to what this release knows; one waits at a time.
    public static func migratePlanFeatures() -> NewJob {
        NewJob(
            queue: queue,
            task: "migrate_plan_features",
            account: nil,
            payload: [String: String](),
            uniqueKey: "plans"
        )
    }

    /// The next attempt at a delivery, when it falls due. The first one's job is written by the database, with the event.
    public static func deliverWebhook(
        _ delivery: DomainModel.WebhookDelivery,
        to endpoint: WebhookEndpoint.ID,
        account: Account.ID
    ) -> NewJob {
        let attempt = delivery.attempts + 1
        return NewJob(
            queue: queue,
            task: "deliver_webhook",
            account: account.rawValue,
            payload: Delivery(deliveryID: delivery.id.rawValue, attempt: attempt),
            uniqueKey: "delivery:\(delivery.id):\(attempt)",
            runAt: delivery.nextAttemptAt,
            limitKeys: ["webhook:\(endpoint)"]
        )
    }

    private static func job(
        _ task: String,
        _ account: Account.ID?,
        _ payload: some Encodable & Sendable,
        key: String?
    ) -> NewJob {
        NewJob(queue: queue, task: task, account: account?.rawValue, payload: payload, uniqueKey: key)
    }
}
