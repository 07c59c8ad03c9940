public import DomainModel

/// Everything beside the facts that a report's bytes depend on: brand, theme, template, addresses. It is stored with the
/// report (`service_reports.design`), so that the same PDF can be made again after the brand has changed.
public struct ReportDesign: Codable, Hashable, Sendable {
    /// Who reports: the agency's brand, or the house's own as it is configured.
    public var brandName: String
    /// `#rrggbb`; the cover's ground.
    public var primaryColor: String
    /// `#rrggbb`; stripes.
    public var secondaryColor: String
    public var contactEmail: String?
    public var contactPhone: String?
    public var websiteURL: String?
    /// At the foot of each page; empty: the brand's and the client's name.
    public var footerText: String
    /// The stored, checked picture; nil: the name is written instead.
    public var logo: Logo?
    public var theme: ServiceConfig.Theme
    /// Nothing in the document may name the house or its maker.
    public var isWhiteLabel: Bool
    /// A customer's Mustache template; nil: ours.
    public var templateHTML: String?
    /// A customer's style sheet, which comes after ours.
    public var templateCSS: String?
    /// Where reports can be verified, without a slash at its end: `https://reports.brightwater.example`; nil: nowhere.
    public var publicBaseURL: String?
    /// The report's code on its public page (spec 11.4).
    public var verificationCode: String?

    /// A picture among the stored files.
    public struct Logo: Codable, Hashable, Sendable {
        /// 64 hexadecimal digits.
        public var sha256: String
        /// `image/png`, `image/jpeg` or `image/svg+xml`.
        public var mediaType: String

        public init(sha256: String, mediaType: String) {
            self.sha256 = sha256
            self.mediaType = mediaType
        }

        private enum CodingKeys: String, CodingKey {
            case sha256
            case mediaType = "media_type"
        }
    }

    public init(
        brandName: String,
        primaryColor: String = "#1f3a5f",
        secondaryColor: String = "#d97a1d",
        theme: ServiceConfig.Theme = .light,
        isWhiteLabel: Bool = false
    ) {
        self.brandName = brandName
        self.primaryColor = primaryColor
        self.secondaryColor = secondaryColor
        self.theme = theme
        self.isWhiteLabel = isWhiteLabel
        footerText = ""
    }

    private enum CodingKeys: String, CodingKey {
        case brandName = "brand_name"
        case primaryColor = "primary_color"
        case secondaryColor = "secondary_color"
        case contactEmail = "contact_email"
        case contactPhone = "contact_phone"
        case websiteURL = "website_url"
        case footerText = "footer_text"
        case logo, theme
        case isWhiteLabel = "is_white_label"
        case templateHTML = "template_html"
        case templateCSS = "template_css"
        case publicBaseURL = "public_base_url"
        case verificationCode = "verification_code"
    }
}
