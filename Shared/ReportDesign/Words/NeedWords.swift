import DomainModel

/// What the client is asked for, in words.
enum NeedWords {
    static func what(_ need: ReportNeed) -> String {
        switch need.kind {
        case .invoice:
            return "Pay invoice \(need.name ?? "")" + (need.amount.map { ": \(English.money($0)) are due" } ?? "")
        case .searchConsole: return "Give access to Google Search Console again"
        case .onboarding: return step(need.subject ?? "")
        case .approval:
            switch need.subject {
            case "content": return "Approve the article “\(English.shortened(need.name ?? "", 90))”"
            case "blueprint": return "Approve the structure of your site"
            case "backlink_budget": return "Approve the budget for links"
            default:
                return "Approve link order \(need.name ?? "")" + (need.amount.map { " of \(English.money($0))" } ?? "")
            }
        }
    }

    /// `by 7 November; otherwise it goes ahead`.
    static func by(_ need: ReportNeed) -> String? {
        guard let day = need.by else { return nil }
        return switch need.otherwise {
        case "approve": "by \(day.medium); without an answer it goes ahead"
        case "escalate": "by \(day.medium); without an answer we call you"
        default: "by \(day.medium)"
        }
    }

    private static func step(_ step: String) -> String {
        switch OnboardingStep(rawValue: step) {
        case .verifyPlugin: "Install the plugin on your site, so that work can start"
        case .blueprint: "Look at the structure of your site, so that work can start"
        default: "Finish the step “\(English.word(step))”, so that work can start"
        }
    }
}
