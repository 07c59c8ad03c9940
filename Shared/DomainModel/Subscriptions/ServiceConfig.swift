import Foundation

/// How one site's service is run (spec 2): automation, links, social, reports. Its JSON is checked against
/// ``ServiceConfig/shape``, whose schema is published; unknown keys are refused.
public struct ServiceConfig: Codable, Hashable, Sendable {
    /// What is written, how often, and who looks at it first.
    public var automation: Automation
    /// What may be spent on links.
    public var backlinks: Backlinks
    /// What is posted.
    public var social: Social
    /// What is reported, to whom.
    public var reporting: Reporting

    /// What is written, how often, and who looks at it first.
    public struct Automation: Codable, Hashable, Sendable {
        public var schedule: Cadence
        public var articlesPerRun: Int
        public var contentTypes: [String]
        public var autoPublish: Bool
        public var reviewRequired: Bool

        private enum CodingKeys: String, CodingKey {
            case schedule
            case articlesPerRun = "articles_per_run"
            case contentTypes = "content_types"
            case autoPublish = "auto_publish"
            case reviewRequired = "review_required"
        }
    }

    /// How often automation runs.
    public enum Cadence: String, CaseIterable, Codable, Sendable { case daily, weekly, monthly }

    /// What may be spent on links.
    public struct Backlinks: Codable, Hashable, Sendable {
        /// Decimal string in the account's currency.
        public var monthlyBudget: String
        /// ISO 3166-1 alpha-2.
        public var targetCountry: String?
        public var package: String?
        /// An order up to this amount needs no approval; decimal string.
        public var autoApproveUnder: String

        private enum CodingKeys: String, CodingKey {
            case monthlyBudget = "monthly_budget"
            case targetCountry = "target_country"
            case package
            case autoApproveUnder = "auto_approve_under"
        }
    }

    /// What is posted.
    public struct Social: Codable, Hashable, Sendable {
        public var platforms: [String]
        public var autoPostOnPublish: Bool
        public var postingSchedule: PostingSchedule

        private enum CodingKeys: String, CodingKey {
            case platforms
            case autoPostOnPublish = "auto_post_on_publish"
            case postingSchedule = "posting_schedule"
        }
    }

    /// When posts go out.
    public enum PostingSchedule: String, CaseIterable, Codable, Sendable {
        case bestTime = "best_time"
        case fixed
    }

    /// What is reported, to whom.
    public struct Reporting: Codable, Hashable, Sendable {
        public var frequency: Frequency
        public var sections: [String]
        public var format: Format
        public var theme: Theme
        public var whiteLabel: Bool
        public var brandingID: Int64?
        public var templateID: Int64?
        public var recipients: [String]
        /// Whether somebody looks at each report before it is sent.
        public var approval: Approval = .none
        /// How long they may, in hours.
        public var approvalHours: Int = 24
        /// What happens to one that nobody has looked at by then.
        public var approvalDefault: ApprovalDefault = .send

        private enum CodingKeys: String, CodingKey {
            case frequency, sections, format, theme, recipients, approval
            case whiteLabel = "white_label"
            case brandingID = "branding_id"
            case templateID = "template_id"
            case approvalHours = "approval_hours"
            case approvalDefault = "approval_default"
        }
    }

    /// Who looks at a report before it is sent.
    public enum Approval: String, CaseIterable, Codable, Sendable { case none, staff }
    /// What silence means.
    public enum ApprovalDefault: String, CaseIterable, Codable, Sendable { case send, hold }

    /// How often a report is made.
    public enum Frequency: String, CaseIterable, Codable, Sendable { case weekly, monthly, quarterly }
    /// What a report is made as.
    public enum Format: String, CaseIterable, Codable, Sendable { case pdf }
    /// How a report looks.
    public enum Theme: String, CaseIterable, Codable, Sendable { case light, dark }
}

extension ServiceConfig.Reporting {
    /// Reads a stored one. What was agreed before there were approvals says nothing of them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            frequency: try values.decode(ServiceConfig.Frequency.self, forKey: .frequency),
            sections: try values.decode([String].self, forKey: .sections),
            format: try values.decode(ServiceConfig.Format.self, forKey: .format),
            theme: try values.decode(ServiceConfig.Theme.self, forKey: .theme),
            whiteLabel: try values.decode(Bool.self, forKey: .whiteLabel),
            brandingID: try values.decodeIfPresent(Int64.self, forKey: .brandingID),
            templateID: try values.decodeIfPresent(Int64.self, forKey: .templateID),
            recipients: try values.decode([String].self, forKey: .recipients),
            approval: try values.decodeIfPresent(ServiceConfig.Approval.self, forKey: .approval) ?? .none,
            approvalHours: try values.decodeIfPresent(Int.self, forKey: .approvalHours) ?? 24,
            approvalDefault: try values.decodeIfPresent(ServiceConfig.ApprovalDefault.self, forKey: .approvalDefault)
                ?? .send
        )
    }
}

extension ServiceConfig {
    /// Checks a document and lays it over a base: the tier's defaults for a new subscription, the present configuration
    /// for a change.
    /// - Throws: ``InvalidDocument`` with every fault's path and what was expected there.
    public init(_ document: JSONValue, over base: ServiceConfig) throws {
        let faults = Self.shape.faults(in: document)
        guard faults.isEmpty else { throw InvalidDocument(errors: faults) }
        let whole = base.document.overlaid(with: document)
        self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(whole))
        guard !(automation.autoPublish && automation.reviewRequired) else {
            throw InvalidDocument(errors: [
                FieldError(
                    field: "automation.auto_publish",
                    message: "expected false while review_required is true: nothing is published before its review"
                )
            ])
        }
    }

    /// The configuration as a JSON tree.
    public var document: JSONValue {
        // Every value in it is plain text, a whole number or a boolean: there is nothing JSON could refuse.
        (try? JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(self))) ?? .object([:])
    }
}
