import DomainModel
import HTTPTypes
import Hummingbird
import NIOCore
import Persistence
import Postgres

extension Problem {
    /// The problem that an error of the layers below means to a client; nil when it means a fault of ours.
    init?(understanding error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refused as IllegalTransition: self = .illegal(refused)
        case let document as InvalidDocument:
            self = .invalid(Dictionary(document.errors.map { ($0.field, $0.message) }) { first, _ in first })
        case let refusal as FeatureGate.Refusal:
            self = .notInPlan(refusal)
        case let short as NotEnoughCredits: self = .paymentNeeded(short.description)
        case let stopped as SpendStopped: self = .spendStopped(stopped)
        case let order as BacklinkOrderError: self = .order(order)
        case let surcharge as SurchargeOutOfRange: self = .invalid("niche_surcharge", surcharge.description)
        case let offer as OfferChanged: self = .conflict("content-changed", offer.description)
        case let budget as BudgetExceeded: self = .conflict("over-budget", budget.description)
        case let refund as RefundExceedsPayment: self = .conflict("refund-exceeds-payment", refund.description)
        case let held as SiteHasSubscription: self = .conflict("already-exists", held.description)
        case let taken as DomainTaken: self = .conflict("domain-taken", taken.description)
        case is StaleRevision: self = .preconditionFailed
        case let refused as BillingDue: self = .conflict("billing-due", refused.description)
        case let refused as AmountExceedsDue:
            self = .conflict("exceeds-due", "\(refused.amount) does not fit: \(refused.due) is due.")
        case let refused as CreditExceedsInvoice: self = .conflict("exceeds-invoice", refused.description)
        case let refused as AttemptUnderWay: self = .conflict("attempt-under-way", refused.description)
        case is UnknownLink: self = .notFound
        case let refused as DeliveryRefused: self = .invalid(refused.field, refused.description)
        case let refused as ClaimExceedsCost: self = .invalid("amount", refused.description)
        case let unknown as UnknownPlan: self = .invalid("plan", unknown.description)
        case let error as PostgresError:
            guard let problem = Problem(error) else { return nil }
            self = problem
        case is NIOTooManyBytesError: self = .tooLarge(0)
        case let error as HTTPError where error.status == .notFound: self = .notFound
        default: return nil
        }
    }

    static func illegal(_ refused: IllegalTransition) -> Problem {
        Problem(
            .conflict,
            "illegal-transition",
            "The present state does not allow this",
            refused.description,
            members: ["from": .string(refused.from), "transition": .string(refused.transition)]
        )
    }

    private static func order(_ error: BacklinkOrderError) -> Problem {
        switch error {
        case .belowFloor(let refusal): .conflict("margin-below-floor", refusal.description)
        case .secondPersonNeeded:
            .forbidden(
                "Whoever made or priced the order cannot also allow its margin: a second member of staff has to."
            )
        case .notDelivered(let delivered, let agreed):
            .conflict("not-delivered", "\(delivered) of the \(agreed) links are delivered.")
        case .notSettled(let open): .conflict("not-settled", "\(open) links are neither live nor written off.")
        }
    }

    /// Constraints are the last line: what the domain should have refused in better words is still no fault of ours.
    private init?(_ error: PostgresError) {
        switch error {
        case .connection, .timeout, .skipped, .cancelled, .outcomeUnknown:
            self = .unavailable
        case .server(let state, _, _, let constraint):
            switch state {
            case .uniqueViolation, .exclusionViolation:
                self = .conflict("already-exists", "Such a row exists already (\(constraint ?? "unique")).")
            case .foreignKeyViolation:
                self = .conflict("reference", "What this refers to does not exist here (\(constraint ?? "reference")).")
            case .checkViolation:
                self = .invalid("body", "values that the rule \(constraint ?? "of the table") allows")
            case .insufficientPrivilege:
                // Row security's `with check`: what is referred to is another tenant's.
                self = .notFound
            case .characterNotInRepertoire, .invalidTextRepresentation, .numericValueOutOfRange:
                self = .malformed("A value cannot be stored.")
            case .serializationFailure, .deadlockDetected, .lockNotAvailable, .queryCanceled:
                self = .unavailable
            default:
                return nil
            }
        default:
            return nil
        }
    }
}
