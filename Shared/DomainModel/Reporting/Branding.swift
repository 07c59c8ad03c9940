/// How an agency shows itself to its clients: on reports, in their mails, on their public pages (spec 2, 7).
public struct Branding: Sendable, Hashable, Identifiable {
    /// A branding's id.
    public typealias ID = DomainModel.ID<Branding>

    /// The row's id.
    public let id: ID
    /// Whose it is.
    public let accountID: Account.ID
    /// What its owner says of it.
    public var look: Look
    /// The picture behind ``Look/logoURL``, once it was fetched and checked.
    public var logo: Logo?
    /// Why the picture could not be had.
    public var logoError: String?
    /// One that is not is chosen no more; what was issued under it stays.
    public var isActive: Bool

    /// Makes a branding from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        look: Look,
        logo: Logo? = nil,
        logoError: String? = nil,
        isActive: Bool = true
    ) {
        self.id = id
        self.accountID = accountID
        self.look = look
        self.logo = logo
        self.logoError = logoError
        self.isActive = isActive
    }

    /// Replaces what its owner says. Another address of the logo is another logo.
    public mutating func replace(_ look: Look) {
        if look.logoURL != self.look.logoURL {
            logo = nil
            logoError = nil
        }
        self.look = look
    }

    /// A picture that was fetched, checked and stored.
    public struct Logo: Sendable, Hashable {
        /// SHA-256 of its bytes: its name in the file store.
        public let sha256: ContentHash
        /// `image/png`, `image/jpeg` or `image/svg+xml`.
        public let mediaType: String

        /// Names a stored picture.
        public init(sha256: ContentHash, mediaType: String) {
            self.sha256 = sha256
            self.mediaType = mediaType
        }
    }

    /// What its owner says of it.
    public struct Look: Sendable, Hashable {
        /// At most 200 characters.
        public var name: String
        /// Where the logo is fetched from.
        public var logoURL: String?
        /// `#rrggbb` in lower case: covers and charts.
        public var primaryColor: String
        /// `#rrggbb` in lower case: accents.
        public var secondaryColor: String
        public var contactEmail: EmailAddress?
        public var contactPhone: String?
        public var websiteURL: String?
        /// At most 300 characters, at the foot of each page.
        public var footerText: String
        /// What its pages are served under.
        public var customDomain: BrandDomain?

        /// The colours of the house, until others are said.
        public static let usualColors = (primary: "#1f3a5f", secondary: "#d97a1d")

        /// Says nothing but a name.
        public init(name: String) {
            self.name = name
            primaryColor = Self.usualColors.primary
            secondaryColor = Self.usualColors.secondary
            footerText = ""
        }
    }
}
