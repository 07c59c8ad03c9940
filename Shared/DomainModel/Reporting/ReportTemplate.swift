/// A client's own design of its reports: HTML and CSS of its own, or its CSS after ours (spec 2, 7).
public struct ReportTemplate: Sendable, Hashable, Identifiable {
    /// A template's id.
    public typealias ID = DomainModel.ID<ReportTemplate>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// The brand it is for; nil for any.
    public var brandingID: Branding.ID?
    /// At most 200 characters.
    public var name: String
    /// What it is made of.
    public private(set) var design: Design
    /// What is used where nothing else is chosen. One an account.
    public var isDefault: Bool
    /// What the test render of the present design said.
    public private(set) var check: Check

    /// Makes a template from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        brandingID: Branding.ID?,
        name: String,
        design: Design,
        isDefault: Bool,
        check: Check
    ) {
        self.id = id
        self.accountID = accountID
        self.brandingID = brandingID
        self.name = name
        self.design = design
        self.isDefault = isDefault
        self.check = check
    }

    /// Replaces the design; another one has to be checked anew.
    /// - Returns: whether it is another.
    public mutating func replace(_ design: Design) -> Bool {
        guard design != self.design else { return false }
        self.design = design
        check = .unchecked
        return true
    }

    /// What a template is made of.
    public struct Design: Sendable, Hashable {
        /// Mustache; empty: ours.
        public let html: String
        /// Alone where there is HTML, else after ours.
        public let css: String
        public let theme: ServiceConfig.Theme

        /// At most so many characters each.
        public static let most = 262_144

        /// Puts the parts together.
        public init(html: String, css: String, theme: ServiceConfig.Theme) {
            self.html = html
            self.css = css
            self.theme = theme
        }
    }

    /// What a test render said of the present design.
    public enum Check: Sendable, Hashable {
        /// None yet.
        case unchecked
        /// It gave a document of so many pages.
        case valid(pages: Int)
        /// It gave none, and why.
        case invalid(String)

        /// As it is stored.
        public var status: Status {
            switch self {
            case .unchecked: .unchecked
            case .valid: .valid
            case .invalid: .invalid
            }
        }
    }

    /// The words for it. Only a valid one is used.
    public enum Status: String, CaseIterable, Sendable, Codable { case unchecked, valid, invalid }
}
