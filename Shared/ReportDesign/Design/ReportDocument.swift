public import Foundation

/// What the renderer makes a PDF of.
public struct ReportDocument: Hashable, Sendable {
    public var html: String
    /// In the order they apply.
    public var styleSheets: [String]
    /// The file's metadata.
    public var title: String
    /// BCP 47.
    public var language: String
    public var author: String
    /// The report's own time, never now: the bytes depend on it.
    public var created: Date
    /// Stored files that the HTML asks for as `asset:<sha256>`.
    public var assets: [Asset]

    /// One stored file.
    public struct Asset: Hashable, Sendable {
        /// 64 hexadecimal digits.
        public var sha256: String
        public var mediaType: String

        public init(sha256: String, mediaType: String) {
            self.sha256 = sha256
            self.mediaType = mediaType
        }
    }

    public init(
        html: String,
        styleSheets: [String],
        title: String,
        language: String,
        author: String,
        created: Date,
        assets: [Asset]
    ) {
        self.html = html
        self.styleSheets = styleSheets
        self.title = title
        self.language = language
        self.author = author
        self.created = created
        self.assets = assets
    }
}
