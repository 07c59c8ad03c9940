/// The mails the house sends; each has a template of this name.
public enum EmailKind: String, CaseIterable, Sendable, Codable {
    case pluginGuide = "plugin_guide"
    case blueprintApproval = "blueprint_approval"
    case welcome
    case onboardingBlocked = "onboarding_blocked"
    case managerAssigned = "manager_assigned"
    case serviceActive = "service_active"
    case invoiceIssued = "invoice_issued"
    case paymentReceived = "payment_received"
    case paymentFailed = "payment_failed"
    case paymentActionRequired = "payment_action_required"
    case servicePaused = "service_paused"
    case serviceResumed = "service_resumed"
    case refundIssued = "refund_issued"
    case disputeOpened = "dispute_opened"
    case passwordReset = "password_reset"
    case webhookDisabled = "webhook_disabled"
    case orderApproval = "order_approval"
    case orderReminder = "order_reminder"
    case orderUnanswered = "order_unanswered"
    case searchConsoleConsent = "search_console_consent"
}

/// Where a mail of the outbox stands.
public enum EmailStatus: String, StateMachine {
    case queued
    case sent
    /// Refused for good, or tried too often.
    case failed

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case send
        case fail
        case retry
    }

    /// In errors and audit events.
    public static let subject = "email"

    /// The table.
    public func target(of transition: Transition) -> EmailStatus? {
        switch (self, transition) {
        case (.queued, .send): .sent
        case (.queued, .fail): .failed
        case (.failed, .retry): .queued
        default: nil
        }
    }
}
