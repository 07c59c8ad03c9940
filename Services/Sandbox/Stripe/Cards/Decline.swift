/// Why a bank refused, in the words of the API and of the card network.
struct Decline: Hashable, Sendable {
    var code: String
    var declineCode: String?
    var message: String
    var adviceCode: String
    var networkDeclineCode: String?

    static let generic = refused("generic_decline", "try_again_later", network: "05", "Your card was declined.")
    static let insufficientFunds = refused(
        "insufficient_funds",
        "try_again_later",
        network: "51",
        "Your card has insufficient funds."
    )
    static let lost = refused("lost_card", "do_not_try_again", network: "41", "Your card was declined.")
    static let stolen = refused("stolen_card", "do_not_try_again", network: "43", "Your card was declined.")
    static let fraudulent = refused("fraudulent", "do_not_try_again", network: "59", "Your card was declined.")
    static let velocity = refused(
        "card_velocity_exceeded",
        "try_again_later",
        network: "65",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."
    )
    static let expired = Decline(
        code: "expired_card",
        declineCode: "expired_card",
        message: "Your card has expired.",
        adviceCode: "confirm_card_data",
        networkDeclineCode: "54"
    )
    static let incorrectCVC = Decline(
        code: "incorrect_cvc",
        declineCode: "incorrect_cvc",
        message: "Your card's security code is incorrect.",
        adviceCode: "confirm_card_data",
        networkDeclineCode: "N7"
    )
    static let processing = Decline(
        code: "processing_error",
        declineCode: "processing_error",
        message: "An error occurred while processing your card. Try again in a little bit.",
        adviceCode: "try_again_later",
        networkDeclineCode: "96"
    )
    static let authenticationRequired = Decline(
        code: "authentication_required",
        declineCode: "authentication_required",
        message: "Your card was declined. This transaction requires authentication.",
        adviceCode: "confirm_card_data",
        networkDeclineCode: nil
    )

    private static func refused(
        _ reason: String,
        _ advice: String,
        network: String,
        _ message: String
    ) -> Decline {
        Decline(
            code: "card_declined",
            declineCode: reason,
            message: message,
            adviceCode: advice,
            networkDeclineCode: network
        )
    }
}
