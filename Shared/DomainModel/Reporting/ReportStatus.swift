/// Where a report stands (spec 2).
public enum ReportStatus: String, StateMachine {
    /// To be made, or to be made again.
    case queued
    /// Its facts are gathered; the PDF is being made.
    case rendering
    /// The PDF is there.
    case ready
    /// It could not be made; the reason is kept.
    case failed
    /// It is in the mail.
    case sent

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        case render
        case finish
        case fail
        case send
        /// To be made anew, of new facts or a new design.
        case regenerate
    }

    /// In errors and audit events.
    public static let subject = "report"

    /// The table. What fails while it waits could not gather its facts.
    public func target(of transition: Transition) -> ReportStatus? {
        switch (self, transition) {
        case (.queued, .render): .rendering
        case (.rendering, .finish): .ready
        case (.queued, .fail), (.rendering, .fail): .failed
        case (.ready, .send): .sent
        case (.ready, .regenerate), (.failed, .regenerate), (.sent, .regenerate): .queued
        default: nil
        }
    }
}
