/// A payer of the sandbox and how their wallet behaves. A set-up token that is called after one, `setup_poor`, is one that
/// this payer has approved.
enum TestWallet: String, Codable, CaseIterable, Sendable {
    /// Pays.
    case good
    /// Pays from a bank account: the capture is pending for a day, then completed.
    case slow
    /// The same, and denied after the day.
    case bounced
    /// INSTRUMENT_DECLINED, each time.
    case poor
    /// PAYER_ACCOUNT_LOCKED_OR_CLOSED.
    case closed
    /// PAYER_ACTION_REQUIRED: wants the payer.
    case cautious
    /// Pays, and disputes it.
    case disputes

    static let prefix = "setup_"

    init?(setupToken: String) {
        guard setupToken.hasPrefix(Self.prefix) else { return nil }
        // What follows a second underscore sets one client's token apart from another's.
        let name = setupToken.dropFirst(Self.prefix.count).split(separator: "_").first ?? ""
        self.init(rawValue: String(name))
    }

    var address: String { "\(rawValue)@payer.example" }

    /// Why an order of it fails.
    var refusal: PayPalError? {
        switch self {
        case .poor:
            .unprocessable(
                "INSTRUMENT_DECLINED",
                "The instrument presented was either declined by the processor or bank, or it can't be used for this "
                    + "payment."
            )
        case .closed:
            .unprocessable("PAYER_ACCOUNT_LOCKED_OR_CLOSED", "The payer account cannot be used for this transaction.")
        case .cautious:
            .unprocessable("PAYER_ACTION_REQUIRED", "Payer needs to perform the following action before proceeding.")
        default: nil
        }
    }
}
