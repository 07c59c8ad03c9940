public import Foundation

/// Where facts come from, what for, and when it was last read.
public struct ReportSource: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case searchConsole = "search_console"
        case inspection
        case ahrefs
        /// What was written and published, and the structure of the site.
        case core
        /// Our own looks at the pages with links.
        case linkChecks = "link_checks"
        case indexing
        case social
        /// Orders, invoices and credit notes.
        case books
    }

    public var kind: Kind
    /// The sections it is used in.
    public var sections: [ReportSection]
    /// Nil where it was never read.
    public var readAt: Date?

    public init(kind: Kind, sections: [ReportSection], readAt: Date?) {
        self.kind = kind
        self.sections = sections
        self.readAt = readAt
    }
}
