import DomainModel
import Testing

/// Every state with every transition: what is not in the table throws.
@Suite struct TransitionTests {
    private func check<Machine: StateMachine>(_ table: [(Machine, Machine.Transition, Machine)]) {
        for state in Machine.allCases {
            for transition in Machine.Transition.allCases {
                let expected = table.first { $0.0 == state && $0.1 == transition }?.2
                #expect(state.target(of: transition) == expected, "\(state) \(transition)")
                if let expected {
                    #expect(throws: Never.self) {
                        let next = try state.applying(transition)
                        #expect(next == expected)
                    }
                } else {
                    let error = #expect(throws: IllegalTransition.self) { try state.applying(transition) }
                    #expect(error?.from == state.rawValue && error?.transition == transition.rawValue)
                    #expect(error?.allowed == state.allowed.map(\.rawValue))
                }
            }
        }
    }

    @Test("a managed subscription") func subscription() {
        check([
            (SubscriptionStatus.pending, .activate, .active), (.pending, .cancel, .cancelled),
            (.active, .pause, .paused), (.active, .cancel, .cancelled),
            (.paused, .resume, .active), (.paused, .cancel, .cancelled),
        ])
    }

    @Test("a backlink") func backlink() {
        check([
            (BacklinkStatus.planned, .order, .ordered), (.ordered, .deliver, .pending), (.pending, .confirm, .live),
            (.live, .lose, .lost), (.lost, .recover, .live),
            (.planned, .reject, .rejected), (.ordered, .reject, .rejected), (.pending, .reject, .rejected),
        ])
    }

    @Test("an order of links") func backlinkOrder() {
        check([
            (BacklinkOrderStatus.draft, .approve, .approved), (.approved, .start, .inProgress),
            (.inProgress, .deliver, .delivered), (.delivered, .complete, .completed),
            (.draft, .cancel, .cancelled), (.approved, .cancel, .cancelled),
        ])
    }

    @Test("a campaign") func campaign() {
        check([
            (CampaignStatus.draft, .start, .active), (.active, .pause, .paused), (.paused, .resume, .active),
            (.active, .complete, .completed), (.paused, .complete, .completed),
        ])
    }

    @Test("an invoice") func invoice() {
        check([
            (InvoiceStatus.draft, .issue, .pending), (.draft, .void, .void),
            (.pending, .pay, .paid), (.pending, .void, .void), (.pending, .writeOff, .uncollectible),
            (.uncollectible, .pay, .paid),
        ])
    }

    @Test("a payment") func payment() {
        check([
            (PaymentStatus.pending, .send, .processing), (.pending, .succeed, .succeeded), (.pending, .fail, .failed),
            (.pending, .complete, .completed), (.pending, .cancel, .cancelled),
            (.processing, .succeed, .succeeded), (.processing, .complete, .completed), (.processing, .fail, .failed),
            (.processing, .cancel, .cancelled),
            (.failed, .succeed, .succeeded), (.cancelled, .succeed, .succeeded), (.succeeded, .refund, .refunded),
            (.completed, .refund, .refunded),
        ])
    }

    @Test("a refund") func refund() {
        check([
            (RefundStatus.pending, .succeed, .succeeded), (.pending, .fail, .failed), (.pending, .cancel, .cancelled),
            (.succeeded, .fail, .failed),
        ])
    }

    @Test("a dispute") func dispute() {
        check([(DisputeStatus.opened, .win, .won), (.opened, .lose, .lost)])
    }

    @Test("an onboarding step") func step() {
        check([
            (OnboardingStepStatus.waiting, .start, .running), (.running, .start, .running),
            (.blocked, .start, .running),
            (.failed, .start, .running), (.running, .finish, .done), (.running, .block, .blocked),
            (.running, .fail, .failed), (.waiting, .skip, .skipped), (.blocked, .skip, .skipped),
            (.failed, .skip, .skipped),
        ])
    }

    @Test("an approval") func approval() {
        check([
            (ApprovalStatus.pending, .approve, .approved), (.pending, .requestChanges, .changesRequested),
            (.pending, .withdraw, .withdrawn),
        ])
    }

    @Test("an account") func account() {
        check([
            (AccountStatus.active, .suspend, .suspended), (.suspended, .reinstate, .active), (.active, .close, .closed),
            (.suspended, .close, .closed),
        ])
    }

    @Test("a mail") func email() {
        check([(EmailStatus.queued, .send, .sent), (.queued, .fail, .failed), (.failed, .retry, .queued)])
    }

    @Test("a refusal reads as a sentence")
    func sentence() {
        let error = #expect(throws: IllegalTransition.self) { try SubscriptionStatus.paused.applying(.activate) }
        #expect(
            error?.description == "A managed subscription that is paused cannot activate; possible: resume, cancel."
        )
    }
}
