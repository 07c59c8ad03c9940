/// A client of the agency as the demo knows it.
struct DemoClient: Sendable {
    let name: String
    let domain: String
    let owner: String
    let plan: String
    let tier: String
    let timeZone: String
    let country: String
    /// By name, as the catalogue has it.
    let industry: String
    let sectors: [String]
    /// What stands for the card at the provider.
    var card = DemoClient.goodCard
    /// Days after the start on which the plugin is connected; 0 is at once.
    var pluginAfterDays = 0
    let intake: Intake

    struct Intake: Sendable {
        let productsServices: [String]
        let problemsSolved: [String]
        let brands: [String]
        let locations: [String]
        let competitors: [String]
        let targetCountries: [String]
        let seoState: String
    }

    static let goodCard = "pm_card_visa"

    var email: String { "owner@\(domain)" }
    /// A word for keys and names of events.
    var slug: String { String(domain.prefix { $0 != "." }) }
}
