export interface paths {
    "/api/v1/venues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VenueView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VenueMap"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/floor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LiveFloorView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    before?: number;
                    take?: number;
                };
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecisionView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    before?: number;
                    take?: number;
                };
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VisitView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown[];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["JsonElement"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonElement"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/staff/{zone}/arrivals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    zone: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ArrivalView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/staff/arrivals/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AcknowledgeRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ArrivalView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/coupons/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CouponCheck"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/coupons/{code}/redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    code: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RedeemRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RedeemReply"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/purchases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PurchaseRequest"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/texts/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsentTexts"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JoinReply"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MeView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MeView"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LinkReply"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CouponView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/coupons/{id}/qr.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    after?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessageView"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcknowledgeRequest: {
            /** @description Name of the person at the till or on the floor. */
            by: null | string;
        };
        /** @description A member who is here and matters to staff. */
        ArrivalView: {
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            at: string;
            zone: string;
            member: string;
            nickname: string;
            tier: null | string;
            /** @description What to know and say. */
            text: components["schemas"]["LocalText"];
            /** Format: date-time */
            lastVisitAt: null | string;
            openCoupons: components["schemas"]["OpenCouponView"][];
            acknowledgedBy: null | string;
            /** Format: date-time */
            acknowledgedAt: null | string;
        };
        BoundView: {
            /** Format: date-time */
            at: string;
            how: string;
        };
        ConsentRequest: {
            purposes: null | string[];
            textVersion: null | string;
            language: null | string;
        };
        /** @description The words a member agrees to. A change of words is a new version, and old consent is shown with the old words. */
        ConsentTexts: {
            version: string;
            presence: components["schemas"]["LocalText"];
            marketing: components["schemas"]["LocalText"];
            profiling: components["schemas"]["LocalText"];
        };
        CouponCheck: {
            code: string;
            state: string;
            offer: components["schemas"]["OfferView"];
            /** Format: date-time */
            expiresAt: string;
            redeemable: boolean;
            reason: null | components["schemas"]["LocalText"];
        };
        CouponView: {
            /** Format: int64 */
            id: number;
            code: string;
            shortCode: string;
            offer: components["schemas"]["OfferView"];
            where: null | components["schemas"]["LocalText"];
            /** @description `issued`, `redeemed`, `expired` or `cancelled`. */
            state: string;
            /** Format: date-time */
            issuedAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: date-time */
            redeemedAt: null | string;
            /** @description Why the member got it. */
            why: components["schemas"]["LocalText"];
        };
        DecisionView: {
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            at: string;
            rule: string;
            /** Format: int32 */
            ruleVersion: number;
            ruleName: components["schemas"]["LocalText"];
            member: string;
            /** @description Where; null outside any. */
            zone: null | string;
            /** @description `offered`, `notified`, `done`, `blocked`, `outranked`, `heldOut` or `postponed`. */
            outcome: string;
            offer: null | components["schemas"]["LocalText"];
            reasons: components["schemas"]["ReasonView"][];
        };
        /** @description A storey. Order in ImmutableArray&lt;Floor&gt; VenueMap.Floors is from the lowest up. */
        Floor: {
            /** @description For example `F1`. */
            id: string;
            /** @description As visitors say it. */
            name: components["schemas"]["LocalText"];
            /**
             * Format: double
             * @description Extent in x, metres.
             */
            width: number;
            /**
             * Format: double
             * @description Extent in y, metres.
             */
            height: number;
        };
        GatewayView: {
            gateway: string;
            online: boolean;
            /** Format: date-time */
            lastSeenAt: null | string;
            /** Format: int64 */
            clockErrorMs: number;
            /**
             * Format: int64
             * @description Batches it has still to send.
             */
            backlog: number;
        };
        JoinReply: {
            /** Format: uuid */
            memberId: string;
            secret: string;
        };
        JoinRequest: {
            nickname: null | string;
            /** @description Month and day, `MM-dd`; may be left out. */
            birthday: null | string;
            language: null | string;
            /** @description What is allowed: `presence`, `marketing`, `profiling`; nothing is by default. */
            purposes: null | string[];
            /** @description Version of the words that were shown. */
            textVersion: null | string;
            tier?: null | string;
        };
        JsonElement: unknown;
        LinkReply: {
            code: string;
            url: string;
            /** Format: date-time */
            expiresAt: string;
        };
        /** @description The building now. */
        LiveFloorView: {
            venue: string;
            /**
             * Format: date-time
             * @description Until then all that gateways on line heard has arrived.
             */
            venueTime: string;
            /**
             * Format: int32
             * @description Devices with a visit under way.
             */
            visitors: number;
            /**
             * Format: int32
             * @description Members among them who agreed to be recognised.
             */
            members: number;
            zones: components["schemas"]["ZoneCountView"][];
            gateways: components["schemas"]["GatewayView"][];
            /**
             * Format: int64
             * @description Committed since the venue began.
             */
            sightings: number;
            /**
             * Format: int64
             * @description Settled since the venue began.
             */
            visits: number;
        };
        /** @description A text in the languages of the venue; English is always there. */
        LocalText: {
            en: string;
            zh?: null | string;
        };
        MeView: {
            member: string;
            venue: string;
            nickname: string;
            birthday: null | string;
            language: string;
            purposes: string[];
            bindings: components["schemas"]["BoundView"][];
            present: boolean;
            zone: null | string;
        };
        /** @description What a member finds in the inbox. */
        MessageView: {
            /**
             * Format: int64
             * @description Ascending; say the highest one seen to get what came after.
             */
            cursor: number;
            /** @description By which a repeat is known. */
            id: string;
            /** @description `coupon` or `text`. */
            kind: string;
            /** Format: date-time */
            at: string;
            coupon: null | components["schemas"]["CouponView"];
            text: null | components["schemas"]["LocalText"];
        };
        OfferView: {
            name: components["schemas"]["LocalText"];
            text: components["schemas"]["LocalText"];
            theme: string;
        };
        OpenCouponView: {
            name: components["schemas"]["LocalText"];
            code: string;
        };
        /** @description A way between two zones, or a way out (string? Passage.To null). */
        Passage: {
            from: string;
            to: null | string;
        };
        PurchaseRequest: {
            /**
             * Format: uuid
             * @description Member id.
             */
            member: null | string;
            zone: null | string;
            category: null | string;
            /** Format: int64 */
            cents: null | number;
        };
        /**
         * @description What a receiver listens to.
         * @default wifi
         * @enum {unknown}
         */
        RadioKind: "wifi" | "bluetooth";
        /** @description One thing that was asked on the way to a decision, and what was found. */
        ReasonView: {
            gate: string;
            passed: boolean;
            observed: null | string;
            threshold: null | string;
            nearest: null | string;
        };
        /** @description One radio on a gateway, or a foreign one that a gateway speaks for. */
        Receiver: {
            /** @description The gateway whose batches carry it. */
            gateway: string;
            /**
             * Format: int32
             * @description The gateway's own number for it, 0 to 65535; unique in the gateway.
             */
            number: number;
            /** @description Id of the floor it hangs on. */
            floor: string;
            /** @description Where, metres. */
            at: components["schemas"]["Spot"];
            /** @description The zone it stands in. */
            zone: string;
            /** @description What it listens to. */
            kind?: components["schemas"]["RadioKind"];
        };
        RedeemReply: {
            outcome: string;
            code: string;
            /** Format: date-time */
            at: string;
            offer: components["schemas"]["OfferView"];
        };
        RedeemRequest: {
            /** @description Id of the store. */
            zone: null | string;
            by: null | string;
        };
        /** @description A place on a floor in metres from its origin, x to the right, y up. */
        Spot: {
            /** Format: double */
            x?: number;
            /** Format: double */
            y?: number;
        };
        StayView: {
            zone: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
            /** Format: int32 */
            confidence: number;
        };
        /** @description A mall's plan: what the operator draws once. Immutable; a change is a new map, and an input of the venue's log. */
        VenueMap: {
            tenant: string;
            venue: string;
            name: components["schemas"]["LocalText"];
            /** @description IANA time zone id, for example `Asia/Shanghai`. */
            timeZone: string;
            /**
             * Format: time
             * @description When the venue's day ends and tokens change, local time. Default 04:00.
             */
            dayChange?: string;
            floors: components["schemas"]["Floor"][];
            zones: components["schemas"]["Zone"][];
            receivers: components["schemas"]["Receiver"][];
            /** @description Ways between zones. Empty means: neighbours are those whose outlines touch. */
            passages?: components["schemas"]["Passage"][];
        };
        /** @description A mall, as pages list it. */
        VenueView: {
            tenant: string;
            venue: string;
            name: components["schemas"]["LocalText"];
            timeZone: string;
        };
        VisitView: {
            /** Format: int64 */
            id: number;
            token: string;
            member: null | string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
            /** Format: int32 */
            confidence: number;
            sources: string[];
            stays: components["schemas"]["StayView"][];
        };
        /** @description A named part of a floor, with tags that rules speak of. */
        Zone: {
            /** @description Unique in the venue. */
            id: string;
            /** @description Id of the floor it lies on. */
            floor: string;
            /** @description As visitors say it. */
            name: components["schemas"]["LocalText"];
            /** @description Corners of a simple polygon, at least three, metres. */
            outline: components["schemas"]["Spot"][];
            /** @description Lower-case words such as `fashion`, `cinema`. */
            tags: string[];
            /**
             * @description True for a zone with staff and tills.
             * @default false
             */
            isStore: boolean;
            /**
             * Format: int32
             * @description People who fit, where known; 0 otherwise.
             * @default 0
             */
            capacity: number;
        };
        ZoneCountView: {
            zone: string;
            /**
             * Format: int32
             * @description Devices believed to be there.
             */
            now: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
