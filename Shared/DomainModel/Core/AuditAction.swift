/// What an audit event says was done; the subject says to what (spec 2: "who, when, from, to, why").
public enum AuditAction: String, CaseIterable, Sendable, Codable {
    case created
    case updated
    case deleted
    case restored
    case activated
    case paused
    case resumed
    case cancelled
    case cancellationAgreed = "cancellation_agreed"
    case stepStarted = "step_started"
    case stepDone = "step_done"
    case stepBlocked = "step_blocked"
    case stepFailed = "step_failed"
    case stepSkipped = "step_skipped"
    case approved
    case changesRequested = "changes_requested"
    case issued
    case paid
    case voided
    case writtenOff = "written_off"
    case credited
    case paymentSent = "payment_sent"
    case paymentSucceeded = "payment_succeeded"
    case paymentFailed = "payment_failed"
    case refunded
    case disputed
    case disputeWon = "dispute_won"
    case disputeLost = "dispute_lost"
    case refundAsked = "refund_asked"
    case refundApproved = "refund_approved"
    case refundRejected = "refund_rejected"
    case refundFailed = "refund_failed"
    case spendAllowed = "spend_allowed"
    case differenceFound = "difference_found"
    case differenceCleared = "difference_cleared"
    case methodAdded = "method_added"
    case methodRemoved = "method_removed"
    case defaultMethodChanged = "default_method_changed"
    case flagRaised = "flag_raised"
    case flagCleared = "flag_cleared"
    case mailSent = "mail_sent"
    case mailFailed = "mail_failed"
    case monthStarted = "month_started"
    case signedIn = "signed_in"
    case signInFailed = "sign_in_failed"
    case signedOut = "signed_out"
    case sessionsRevoked = "sessions_revoked"
    case passwordChanged = "password_changed"
    case roleChanged = "role_changed"
    case keyCreated = "key_created"
    case keyRevoked = "key_revoked"
    case flagOverridden = "flag_overridden"
    case webhookReceived = "webhook_received"
    case jobRetried = "job_retried"
    case jobCancelled = "job_cancelled"
    case clockMoved = "clock_moved"
    case ordered
    case delivered
    case completed
    case rejected
    case wentLive = "went_live"
    case suspected
    case suspicionCleared = "suspicion_cleared"
    case lost
    case recovered
    case replaced
    case claimDrafted = "claim_drafted"
    case claimSent = "claim_sent"
    case claimResolved = "claim_resolved"
    case submitted
    case resubmitted
    case indexed
    case held
    case marginAllowed = "margin_allowed"
    case rendered
}
