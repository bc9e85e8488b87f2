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
    "/api/v1/venues/{venue}/plan": {
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
                        "application/json": components["schemas"]["VenuePlan"];
                    };
                };
            };
        };
        put: {
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
                        "application/json": components["schemas"]["VenuePlan"];
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
    "/api/v1/venues/{venue}/plan/trial": {
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
                        "application/json": components["schemas"]["TrialResult"];
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
    "/api/v1/venues/{venue}/receivers": {
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
                        "application/json": components["schemas"]["ReceiverView"][];
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
    "/api/v1/venues/{venue}/apart": {
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
                        "application/json": components["schemas"]["ApartView"][];
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
    "/api/v1/venues/{venue}/copies": {
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
                        "application/json": components["schemas"]["CopyView"][];
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
    "/api/v1/venues/{venue}/visits/{id}/role": {
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
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RoleBody"];
                };
            };
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/apart/{number}": {
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
                    number: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RoleBody"];
                };
            };
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
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    number: number;
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
    "/api/v1/venues/{venue}/members/{member}/grade": {
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
                    member: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberGrade"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberGrade"];
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
    "/api/v1/me/points": {
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
                        "application/json": components["schemas"]["PointsView"];
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
    "/api/v1/me/referral": {
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
                        "application/json": components["schemas"]["ReferralView"];
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
    "/api/v1/me/declared": {
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
                        "application/json": {
                            [key: string]: components["schemas"]["DeclaredAttribute"];
                        };
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["DeclaredAttribute"];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: components["schemas"]["DeclaredAttribute"];
                        };
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
    "/api/v1/me/scans": {
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
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ScanRequest"];
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
    "/api/v1/me/beacons": {
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
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BeaconsBody"];
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
    "/api/v1/me/coupons/{id}/open": {
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
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
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
    "/api/v1/me/wishes": {
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
                        "application/json": components["schemas"]["WishesView"];
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WishesView"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WishesView"];
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
    "/api/v1/venues/{venue}/rewards": {
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
                        "application/json": components["schemas"]["RewardView"][];
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
    "/api/v1/me/rewards": {
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
                        "application/json": components["schemas"]["RewardOrderView"][];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RewardRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RewardReply"];
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
    "/api/v1/me/rewards/{order}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    order: string;
                };
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
    "/api/v1/me/tier": {
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
                        "application/json": components["schemas"]["TierView"];
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
    "/api/v1/venues/{venue}/reward-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    state?: string;
                    after?: number;
                    before?: number;
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
                        "application/json": components["schemas"]["RewardOrderView"][];
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
    "/api/v1/venues/{venue}/reward-orders/{order}": {
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
                    order: string;
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
                        "application/json": components["schemas"]["RewardOrderView"];
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
    "/api/v1/venues/{venue}/reward-orders/{order}/sent": {
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
                    order: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HandRequest"];
                };
            };
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/reward-orders/{order}/cancel": {
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
                    order: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HandRequest"];
                };
            };
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/loyalty": {
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
                        "application/json": components["schemas"]["JsonElement"];
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: {
                    by?: string;
                };
                header?: never;
                path: {
                    venue: string;
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
    "/api/v1/venues/{venue}/backtests": {
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
                    "application/json": components["schemas"]["BackTestRequest"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackTestView"];
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
    "/api/v1/venues/{venue}/backtests/{id}": {
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
                    id: string;
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
                        "application/json": components["schemas"]["BackTestView"];
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
                path: {
                    venue: string;
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackTestView"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/gateways": {
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
                        "application/json": components["schemas"]["GatewayEntryView"][];
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
    "/api/v1/venues/{venue}/gateways/{gateway}/enrolment": {
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
                    gateway: string;
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
                        "application/json": components["schemas"]["EnrolmentCodeView"];
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
    "/api/v1/venues/{venue}/gateways/{gateway}/revocation": {
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
                    gateway: string;
                };
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/gateways/{gateway}/setup": {
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
                    gateway: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GatewaySetup"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GatewaySetup"];
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
    "/api/v1/venues/{venue}/keys/generation": {
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolments": {
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
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EnrolmentRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EnrolmentReply"];
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
                query?: {
                    zone?: string;
                };
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
    "/api/v1/venues/{venue}/coupons/{code}/undo": {
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
                    "application/json": components["schemas"]["HandRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CouponByHand"];
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
    "/api/v1/venues/{venue}/coupons/{code}/cancel": {
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
                    "application/json": components["schemas"]["HandRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CouponByHand"];
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
    "/api/v1/venues/{venue}/till": {
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
                    "application/json": components["schemas"]["TillRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TillReply"];
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
    "/api/v1/venues/{venue}/staff/{zone}/tasks": {
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
                        "application/json": components["schemas"]["TaskView"][];
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
    "/api/v1/venues/{venue}/staff/tasks/{id}/done": {
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
                    "application/json": components["schemas"]["ByRequest"];
                };
            };
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/alarms": {
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
                        "application/json": components["schemas"]["AlarmView"][];
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
    "/api/v1/venues/{venue}/rules/{id}/release": {
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
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ByRequest"];
                };
            };
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/hooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    state?: string;
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
                        "application/json": components["schemas"]["HookView"][];
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
    "/api/v1/venues/{venue}/hooks/{id}/retry": {
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/members/{member}/events/{name}": {
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
                    member: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
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
    "/api/v1/venues/{venue}/counts": {
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
                        "application/json": components["schemas"]["CountView"][];
                    };
                };
            };
        };
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
                    "application/json": components["schemas"]["HeadsBody"];
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
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    venue: string;
                    id: string;
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
                        "application/json": components["schemas"]["RuleView"];
                    };
                };
            };
        };
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
    "/api/v1/venues/{venue}/rules/{id}/state": {
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
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StateRequest"];
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/venues/{venue}/rules/{id}/versions": {
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
                    id: string;
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
                        "application/json": components["schemas"]["RuleVersionView"][];
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
    "/api/v1/venues/{venue}/rules/{id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    from?: number;
                    to?: number;
                };
                header?: never;
                path: {
                    venue: string;
                    id: string;
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
                        "application/json": components["schemas"]["ChangeView"][];
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
    "/api/v1/venues/{venue}/offers": {
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
    "/api/v1/venues/{venue}/rules/check": {
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
                        "application/json": components["schemas"]["RuleCheckView"];
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
    "/api/v1/venues/{venue}/rules/{id}/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    margin?: number;
                };
                header?: never;
                path: {
                    venue: string;
                    id: string;
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
                        "application/json": components["schemas"]["OutcomesView"];
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
    "/api/v1/venues/{venue}/imports/purchases": {
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
                    "text/csv": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportReport"];
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
    "/api/v1/venues/{venue}/imports/offers": {
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
                    "text/csv": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportReport"];
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcknowledgeRequest: {
            /** @description Name of the person at the till or on the floor. */
            by: null | string;
        };
        /** @description A rule that ran away and was stopped. */
        AlarmView: {
            /** Format: int64 */
            id: number;
            rule: string;
            why: string;
            /** Format: date-time */
            at: string;
            releasedBy: null | string;
            /** Format: date-time */
            releasedAt: null | string;
        };
        /** @description A device that is not counted among visitors. */
        ApartView: {
            /** Format: int32 */
            number: number;
            token: string;
            role: components["schemas"]["DeviceRole"];
            zone: null | string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            heardAt: string;
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
        BackTestRequest: {
            /** @description Documents to try, as they would be published. */
            rules: null | unknown[];
            offers: null | components["schemas"]["JsonElement"];
            /**
             * Format: int32
             * @description Days up to now to count, 1 to 90; 30 when left out.
             */
            days: null | number;
        };
        /**
         * @description Where a back-test stands.
         * @enum {unknown}
         */
        BackTestState: "waiting" | "running" | "done" | "cancelled" | "failed";
        BackTestView: {
            /** Format: uuid */
            id: string;
            /** @description `waiting`, `running`, `done`, `cancelled` or `failed`. */
            state: components["schemas"]["BackTestState"];
            /**
             * Format: double
             * @description 0 to 1.
             */
            done: number;
            /** Format: int32 */
            days: number;
            doubts: components["schemas"]["DoubtView"][];
            forecast: null | components["schemas"]["ForecastView"];
        };
        /** @description A transmitter that the venue put up, for phones that say which ones they hear. */
        Beacon: {
            /** @description What phones hear of it, such as `uuid/major/minor`. Not unique in the field: several may say the same, and are told apart by where the phone is. */
            id: string;
            /** @description Id of the floor it hangs on. */
            floor: string;
            /** @description Where, metres. */
            at: components["schemas"]["Spot"];
            /** @description The zone it stands in. */
            zone: string;
            /**
             * Format: double
             * @description Strength at one metre; null for what is usual.
             */
            nearDbm?: null | number;
        };
        BeaconsBody: {
            /** @description 1 to 50 of them. */
            heard: null | components["schemas"]["HeardView"][];
        };
        BoundView: {
            /** Format: date-time */
            at: string;
            how: string;
        };
        ByRequest: {
            /** @description Who. */
            by: null | string;
        };
        /** @description A place where two versions differ; null where it is not there. */
        ChangeView: {
            path: string;
            was: null | components["schemas"]["JsonElement"];
            is: null | components["schemas"]["JsonElement"];
        };
        /** @description A rule in force that sends something else because of the drafts. */
        CollisionView: {
            rule: string;
            /** Format: int32 */
            before: number;
            /** Format: int32 */
            after: number;
            lostTo: {
                [key: string]: number;
            };
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
        /** @description A member's device that is in two places at once: its beacon or address was copied, or the plan has a receiver in the wrong place. */
        CopyView: {
            token: string;
            /** Format: uuid */
            member: string;
            heardBy: components["schemas"]["HeardByView"];
            and: components["schemas"]["HeardByView"];
            /** Format: double */
            metres: number;
            /**
             * Format: int32
             * @description How often the two heard it too soon after one another.
             */
            times: number;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            at: string;
        };
        /** @description How many there were in five minutes. Addresses are no devices, and devices no people: both are estimates with a range that holds nine times of ten. */
        CountView: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            until: string;
            /**
             * Format: int32
             * @description Of Wi-Fi probe requests.
             */
            addresses: number;
            /**
             * Format: double
             * @description Share of them that were random, 0 to 1.
             */
            randomShare: number;
            devices: components["schemas"]["EstimateView"];
            people: null | components["schemas"]["EstimateView"];
            /** @description Whether it stays as it is; for twenty minutes what comes after may still change it. */
            settled: boolean;
        };
        CouponByHand: {
            code: string;
            state: string;
        };
        CouponCheck: {
            code: string;
            state: string;
            offer: components["schemas"]["OfferView"];
            /** Format: date-time */
            expiresAt: string;
            redeemable: boolean;
            reason: null | components["schemas"]["LocalText"];
            /**
             * Format: date-time
             * @description When it was used; null when it was not.
             */
            redeemedAt?: null | string;
            redeemedIn?: null | components["schemas"]["LocalText"];
            redeemedBy?: null | string;
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
        DayView: {
            /**
             * Format: date
             * @description Venue day.
             */
            day: string;
            /** Format: int32 */
            offers: number;
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
        /** @description One thing a member told us of themselves. */
        DeclaredAttribute: {
            /** @description As declared, for example `woman`. */
            value?: string;
            /** @description Whether offers may be chosen by it; asked for each attribute apart. */
            mayBeUsed?: boolean;
        };
        /**
         * @description Why a device is not counted among visitors.
         * @enum {unknown}
         */
        DeviceRole: "visitor" | "staff" | "fixed" | "resident";
        /** @description People counted at doors since the venue's day began. */
        DoorsView: {
            /** Format: int64 */
            in: number;
            /** Format: int64 */
            out: number;
            /** Format: int64 */
            inside: number;
            /**
             * Format: int64
             * @description People in the building by devices heard and by how many people a device has stood for; null while that is not known.
             */
            people: null | number;
        };
        /** @description Something the lint doubts. */
        DoubtView: {
            doubt: string;
            rule: string;
            text: string;
            blocks: boolean;
        };
        /** @description A one-time code, shown once. */
        EnrolmentCodeView: {
            code: string;
            /** Format: date-time */
            expiresAt: string;
        };
        /** @description What a gateway that was enrolled is told. */
        EnrolmentReply: {
            tenant: string;
            venue: string;
            gateway: string;
            /** @description Its certificate, PEM. */
            certificate: string;
            /** @description The only authority it shall believe, PEM. */
            authority: string;
            /** @description Where to report, `host:port`. */
            broker: string;
        };
        /** @description What a gateway brings to be enrolled. */
        EnrolmentRequest: {
            code: string;
            /** @description PKCS #10 in DER, base64url. */
            request: string;
            /** @description 64 bytes, base64url. */
            sealKey: string;
        };
        EstimateView: {
            /** Format: int32 */
            about: number;
            /**
             * Format: int32
             * @description The range holds nine times of ten.
             */
            low: number;
            /** Format: int32 */
            high: number;
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
        /** @description What would have happened. Money in cents, if every coupon had been redeemed. */
        ForecastView: {
            /** Format: int64 */
            facts: number;
            /** Format: int32 */
            days: number;
            offersPerDay: components["schemas"]["DayView"][];
            /** Format: int32 */
            membersReached: number;
            /** Format: int64 */
            costCeilingCents: number;
            /** Format: int64 */
            extraCostCents: number;
            rules: components["schemas"]["RuleForecastView"][];
            collisions: components["schemas"]["CollisionView"][];
            neverHeld: string[];
            samples: components["schemas"]["DecisionView"][];
            alarms: string[];
            unknowable: components["schemas"]["LocalText"][];
        };
        /** @description What operators see of a gateway. */
        GatewayEntryView: {
            gateway: string;
            /** @description `planned`, `waiting` (a code was shown), `enrolled`, `revoked`, or `password` (from the venue file). */
            state: string;
            in: boolean;
            holdsKeys: boolean;
            /** Format: date-time */
            certificateUntil: null | string;
            /** @description Of the key that keys are sealed to; the same on the gateway's own page. Null before it is enrolled. */
            fingerprint: null | string;
            setup: components["schemas"]["GatewaySetup"];
            health: null | components["schemas"]["GatewayHealthView"];
        };
        /** @description What a gateway said of itself last. */
        GatewayHealthView: {
            /** Format: date-time */
            at: string;
            online: boolean;
            version: string;
            clock: string;
            /** Format: int64 */
            clockErrorMs: null | number;
            /** Format: double */
            celsius: null | number;
            /** Format: uint64 */
            spoolBytes: number;
            /** Format: date-time */
            oldestAt: null | string;
            /** Format: uint64 */
            configVersion: number;
            /** Format: uint64 */
            configRejected: number;
            /** Format: int32 */
            statics: number;
            radios: components["schemas"]["RadioView"][];
            drops: {
                [key: string]: number;
            };
            /** @description What came to its doors and was none of what comes there, since its program started. */
            turnedAway: components["schemas"]["TurnedAwayView"][];
            /** @description What keeps it from writing its disk; null when all is well. */
            trouble: null | string;
        };
        /** @description What an operator set for one gateway; 0 or null leaves the gateway's own setting. */
        GatewaySetup: {
            /** Format: int32 */
            lingerMs?: number;
            /** Format: int32 */
            forgetMs?: number;
            /** Format: int32 */
            louderDb?: number;
            /** Format: int32 */
            liveLimitMs?: number;
            /** Format: int32 */
            statusEveryMs?: number;
            dropUnassociated?: null | boolean;
            /** @description Where to report from now on, `host` or `host:port`. */
            broker?: null | string;
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
        HandRequest: {
            by: null | string;
            /** @description Why; needed to call it off. */
            reason: null | string;
        };
        HeadsBody: {
            /**
             * Format: int32
             * @description In the whole venue.
             */
            people: number;
            /**
             * Format: date-time
             * @description When; now when left out. A day back at most.
             */
            at?: null | string;
        };
        /** @description One receiver of the plan. */
        HeardByView: {
            gateway: string;
            /** Format: int32 */
            number: number;
            zone: string;
        };
        HeardView: {
            /** @description Its id as in the map. */
            beacon: null | string;
            /**
             * Format: int32
             * @description Strength, -127 to 20.
             */
            dbm: number;
            /**
             * Format: double
             * @description Seconds since it was heard, 0 to 600.
             * @default 0
             */
            ago: number;
        };
        HookView: {
            /** Format: int64 */
            id: number;
            hook: string;
            /** @description `waiting`, `delivered` or `dead`. */
            state: string;
            /** Format: date-time */
            at: string;
            /** Format: int32 */
            tries: number;
            /** Format: date-time */
            nextAt: string;
            problem: null | string;
        };
        ImportReport: {
            /**
             * Format: int32
             * @description Lines that changed something.
             */
            taken: number;
            /**
             * Format: int32
             * @description Lines that were taken before; they changed nothing.
             */
            known: number;
            /** Format: int32 */
            refusedLines: number;
            /** @description At most the first thousand. */
            refused: components["schemas"]["RefusedLine"][];
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
            /** @description The code of the member who brought them along; may be left out. */
            broughtBy?: null | string;
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
            doors?: null | components["schemas"]["DoorsView"];
            count?: null | components["schemas"]["CountView"];
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
        MemberGrade: {
            /** @description For example `gold`; null for none. */
            tier: null | string;
            /** @description Words of the venue's own, for example `press`; replaces those before. */
            tags: null | string[];
            /** @description Zone of the member's own adviser; null for none. */
            adviser?: null | string;
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
        OutcomeView: {
            name: string;
            /** Format: int64 */
            served: number;
            /** Format: double */
            servedMean: number;
            /** Format: int64 */
            heldOut: number;
            /** Format: double */
            heldOutMean: number;
            /**
             * Format: double
             * @description Mean of those served less mean of those left out; null when nothing is compared.
             */
            difference: null | number;
            /**
             * Format: double
             * @description Of the 95 % interval for one look at an end fixed beforehand; null until there is enough data.
             */
            low: null | number;
            /** Format: double */
            high: null | number;
            /**
             * Format: double
             * @description Of the 95 % interval that holds for those who look every day.
             */
            alwaysLow: null | number;
            /** Format: double */
            alwaysHigh: null | number;
            /** Format: double */
            sizesOff: null | number;
            /** @description `notEnoughData`, `groupsBroken`, `nothingShown`, `better` or `worse`. */
            verdict: components["schemas"]["Verdict"];
        };
        OutcomesView: {
            rule: string;
            /**
             * Format: int32
             * @description What the rule's draw leaves out; with 0 there is nothing to compare with.
             */
            holdoutPercent: number;
            /** Format: int32 */
            marginPercent: number;
            outcomes: components["schemas"]["OutcomeView"][];
            note: components["schemas"]["LocalText"];
        };
        /** @description A way between two zones, or a way out (string? Passage.To null). */
        Passage: {
            from: string;
            to?: null | string;
        };
        PointsMoveView: {
            /** Format: date-time */
            at: string;
            /** @description `mall`, `pending`, `member`, `spent` or `expired`. */
            from: string;
            to: string;
            /** Format: int64 */
            points: number;
        };
        PointsView: {
            /** Format: int64 */
            spendable: number;
            /**
             * Format: int64
             * @description Theirs after the time to return goods.
             */
            pending: number;
            /** @description Newest first. */
            moves: components["schemas"]["PointsMoveView"][];
        };
        /** @description Where a reward is sent. */
        PostalAddress: {
            name: string;
            lines: string;
            /** @description For the one who brings it; may be left out. */
            phone?: null | string;
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
        /** @description How one receiver does. */
        RadioView: {
            /** Format: int32 */
            number: number;
            /** Format: uint64 */
            frames: number;
            /** Format: uint64 */
            lost: number;
            /** Format: double */
            quietSeconds: number;
        };
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
        /**
         * @description What is wrong with a receiver, judged by what it and the others hear.
         * @enum {unknown}
         */
        ReceiverFault: "none" | "silent" | "offLevel" | "misplaced";
        /** @description How a receiver does. */
        ReceiverView: {
            gateway: string;
            /** Format: int32 */
            number: number;
            zone: string;
            fault: components["schemas"]["ReceiverFault"];
            /** Format: date-time */
            heardAt: null | string;
            /**
             * Format: double
             * @description How much louder it hears lately than the plan says; taken into account.
             */
            offsetDb: number;
            /** Format: double */
            usualOffsetDb: number;
            /** Format: double */
            misfitDb: number;
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
        ReferralView: {
            /** @description To be given to friends, who enter it when they join. */
            code: string;
        };
        RefusedLine: {
            /**
             * Format: int32
             * @description In the file; the heading is line 1.
             */
            line: number;
            why: string;
        };
        RewardOrderView: {
            /** Format: uuid */
            id: string;
            /** Format: int32 */
            number: number;
            reward: string;
            title: components["schemas"]["LocalText"];
            /** Format: int64 */
            points: number;
            /** @description `collect` or `post`. */
            way: string;
            /** @description Where it is fetched; null when it is sent. */
            zone: null | string;
            /** @description Of the coupon it is fetched with; shown to its member alone. */
            code: null | string;
            /** @description `open`, `collected`, `sent`, `cancelled` or `lapsed`. */
            state: string;
            /** Format: date-time */
            at: string;
            address: null | components["schemas"]["PostalAddress"];
            /** Format: date-time */
            changedAt: string;
        };
        RewardReply: {
            /** Format: uuid */
            order: string;
            /** @description Of the coupon it is fetched with; null when it is sent. */
            code: null | string;
            /**
             * Format: int64
             * @description What it took.
             */
            points: number;
            /**
             * Format: int64
             * @description Points left to spend.
             */
            left: number;
        };
        RewardRequest: {
            /** @description Its id. */
            reward: null | string;
            /** @description Where it will be fetched. */
            zone: null | string;
            address: null | components["schemas"]["PostalAddress"];
        };
        /** @description Something that points buy. */
        RewardView: {
            id: string;
            title: components["schemas"]["LocalText"];
            /** Format: int64 */
            points: number;
            /**
             * Format: int64
             * @description How many are left; null for as many as wanted.
             */
            left: null | number;
            /** @description Ids of the zones where it can be fetched. */
            collect: string[];
            post: boolean;
        };
        RoleBody: {
            /** @description `visitor`, `staff` or `fixed`. */
            role: components["schemas"]["DeviceRole"];
            /** @description Of a fixed device: the zone it always is in. */
            zone?: null | string;
        };
        RuleCheckView: {
            sentence: null | components["schemas"]["LocalText"];
            /** @description What keeps it from being saved. */
            errors: components["schemas"]["RuleErrorView"][];
            /** @description What the book, with it in force, would be doubted for because of it; one that blocks keeps it from being published. */
            doubts: components["schemas"]["DoubtView"][];
        };
        RuleErrorView: {
            /** @description Where in the document, for example `$.when.dwells.atLeast`. */
            path: string;
            /** @description What was found there. */
            value: string;
            /** @description What would be valid. */
            message: string;
        };
        RuleForecastView: {
            rule: string;
            /** @description Whether it is one of those tried. */
            draft: boolean;
            /** Format: int32 */
            sent: number;
            /** Format: int32 */
            members: number;
            /** Format: int32 */
            heldOut: number;
            /** Format: int64 */
            costCeilingCents: number;
            blocked: {
                [key: string]: number;
            };
            lostTo: {
                [key: string]: number;
            };
            /** @description It held for somebody and never got through. */
            starved: boolean;
        };
        RuleVersionView: {
            /** Format: int32 */
            revision: number;
            /** Format: int32 */
            version: number;
            state: string;
            author: string;
            /** Format: date-time */
            at: string;
            document: components["schemas"]["JsonElement"];
        };
        RuleView: {
            document: components["schemas"]["JsonElement"];
            sentence: null | components["schemas"]["LocalText"];
            /** @description It ran away and waits for somebody to look. */
            stopped: boolean;
            doubts: components["schemas"]["DoubtView"][];
        };
        ScanRequest: {
            /** @description The code that was scanned. */
            touchpoint: null | string;
            /** @description Where it hangs; null where unknown. */
            zone: null | string;
        };
        /** @description A place on a floor in metres from its origin, x to the right, y up. */
        Spot: {
            /** Format: double */
            x?: number;
            /** Format: double */
            y?: number;
        };
        /**
         * @description How much of a visit it was, by how loud and how long the device was heard; decided when the visit settles.
         * @enum {unknown}
         */
        Standing: "unknown" | "passerBy" | "visitor" | "engaged" | "resident";
        StateRequest: {
            /** @description `draft`, `published`, `paused` or `archived`. */
            state: null | string;
            by: null | string;
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
        /** @description How loud one receiver heard the surveyor's device. */
        SurveyedLevel: {
            /** @description As in string Receiver.Gateway. */
            gateway: string;
            /**
             * Format: int32
             * @description As in int Receiver.Number.
             */
            number: number;
            /**
             * Format: double
             * @description Mean strength.
             */
            dbm: number;
        };
        /** @description One stop of a survey walk: what the venue's receivers heard of a device whose place was known. */
        SurveyedSpot: {
            /** @description Id of the floor. */
            floor: string;
            /** @description Metres. */
            at: components["schemas"]["Spot"];
            /** @description Receivers that heard it. */
            heard: components["schemas"]["SurveyedLevel"][];
        };
        TaskView: {
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            dueAt: string;
            zone: null | string;
            member: string;
            rule: string;
            text: components["schemas"]["LocalText"];
            /** @description Zone it goes to when nobody does it in time; null for none. */
            escalateTo: null | string;
            /** Format: date-time */
            escalatedAt: null | string;
            doneBy: null | string;
            /** Format: date-time */
            doneAt: null | string;
        };
        TierView: {
            /** @description Null for none. */
            name: null | string;
            /** Format: date-time */
            since: null | string;
            /**
             * Format: date-time
             * @description To which it is kept, whatever is spent; null when it has no date.
             */
            until: null | string;
            /**
             * Format: int64
             * @description What counts now, in cents.
             */
            spend: number;
            /** @description The tier above; null at the top. */
            next: null | string;
            /**
             * Format: int64
             * @description Cents to the tier above.
             */
            missing: null | number;
        };
        TillCoupon: {
            code: string;
            offer: components["schemas"]["OfferView"];
        };
        TillPoints: {
            /**
             * Format: int64
             * @description By this purchase; the member's after the time to return goods.
             */
            earned: number;
            /** Format: int64 */
            pending: number;
            /** Format: int64 */
            spendable: number;
        };
        TillRefusal: {
            code: string;
            /** @description `unknown`, `alreadyRedeemed`, `expired`, `cancelled`, `wrongPlace`, `stacked` or `anotherMember`. */
            reason: string;
            text: components["schemas"]["LocalText"];
        };
        TillReply: {
            /** @description `done` or `refused`; when refused nothing was done, neither coupon nor purchase. */
            outcome: string;
            /** Format: date-time */
            at: string;
            member: null | string;
            coupons: components["schemas"]["TillCoupon"][];
            refusals: components["schemas"]["TillRefusal"][];
            /** Format: int64 */
            cents: null | number;
            points: null | components["schemas"]["TillPoints"];
        };
        TillRequest: {
            /** @description Id of the store. */
            zone: null | string;
            /** @description Name of the person at the till. */
            by: null | string;
            /**
             * Format: uuid
             * @description Member id; may be left out when a coupon says whose it is.
             */
            member: null | string;
            /** @description QR texts, long or short codes; at most ten. */
            coupons: null | string[];
            /** @description Of the purchase; null when nothing is bought. */
            category: null | string;
            /** Format: int64 */
            cents: null | number;
        };
        /** @description Two histories of the same inputs. */
        TrialResult: {
            /**
             * Format: int64
             * @description Unix ms of the first input that is kept.
             */
            from: number;
            /**
             * Format: int64
             * @description Unix ms of the last.
             */
            until: number;
            /**
             * Format: int64
             * @description In between.
             */
            sightings: number;
            /** @description Under the plan in force. */
            before: components["schemas"]["TrialSum"];
            /** @description Under the plan that was tried. */
            after: components["schemas"]["TrialSum"];
            /**
             * Format: int32
             * @description Devices whose stays differ: another zone, or begin or end more than 30 s apart.
             */
            devicesUnlike: number;
        };
        /** @description One history in figures. */
        TrialSum: {
            /** @description Settled visits by standing. */
            visits: {
                [key: string]: number;
            };
            /**
             * Format: double
             * @description Of visitors and engaged.
             */
            medianDwellSeconds: number;
            /** @description By zone; those in which nothing was are left out. */
            zones: components["schemas"]["TrialZone"][];
        };
        TrialZone: {
            /** @description Its id. */
            zone: string;
            /**
             * Format: int32
             * @description That stayed there at least once.
             */
            devices: number;
            /** Format: int32 */
            stays: number;
            /**
             * Format: double
             * @description Of all together.
             */
            dwellSeconds: number;
            /**
             * Format: double
             * @description Of one stay.
             */
            medianStaySeconds: number;
        };
        /** @description What came to a door of a gateway and was turned away. */
        TurnedAwayView: {
            /** @description Such as `udp 40`, with the number of the first receiver behind it, or the name of a foreign system. */
            door: string;
            reason: string;
            /** Format: uint64 */
            times: number;
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
            /** @description Local dates and what is celebrated, for rules that ask; null for none. */
            holidays?: null | {
                [key: string]: string;
            };
            floors: components["schemas"]["Floor"][];
            zones: components["schemas"]["Zone"][];
            receivers: components["schemas"]["Receiver"][];
            /** @description The venue's transmitters; may be empty. */
            beacons?: components["schemas"]["Beacon"][];
            /** @description Ways between zones. Empty means: neighbours are those whose outlines touch. */
            passages?: components["schemas"]["Passage"][];
        };
        /** @description All that visits are decided by: the plan, the thresholds, and what was measured on site. Immutable; a change is an input of the venue's log. */
        VenuePlan: {
            /** @description Zones, receivers, ways. */
            map: components["schemas"]["VenueMap"];
            /** @description What counts as a visit. */
            policy: components["schemas"]["VisitPolicy"];
            /** @description Stops of a survey walk; may be empty, miss areas, and be old. */
            survey?: components["schemas"]["SurveyedSpot"][];
        };
        /** @description A mall, as pages list it. */
        VenueView: {
            tenant: string;
            venue: string;
            name: components["schemas"]["LocalText"];
            timeZone: string;
        };
        /**
         * @description What may be said of a rule so far.
         * @enum {unknown}
         */
        Verdict: "notEnoughData" | "groupsBroken" | "nothingShown" | "better" | "worse";
        /** @description What counts as a visit. Immutable; a change is an input of the venue's log. */
        VisitPolicy: {
            /** @description Silence after which a visit is over, back-dated to the last evidence. Default 10 min: phones that only probe are silent for up to five minutes in nine pauses of ten (`firmware-notes/what-radios-do.md`). */
            silence?: string;
            /** @description Another silence for zones with a tag, such as two hours for a `cinema`; of several the longest. A zone's own (TimeSpan? Zone.Silence) goes before it. Default none. */
            silenceByTag?: {
                [key: string]: string;
            };
            /** @description How late a sighting may come and still give the same visits as in order. Default 30 s: fifteen times the linger of a gateway's batch. */
            lateness?: string;
            /** @description Final visits are decided in steps of this length. Default 10 s: shorter than any stay that a rule may speak of. */
            bucket?: string;
            /** @description Longest visit; what is heard longer is settled and begun anew, so that a till's radio does not make a visit of weeks. Default 24 h. */
            longest?: string;
            /**
             * Format: double
             * @description A device is said to have changed zone when the new one is believed in this surely against the old, 0.5 to 1. Default 0.8: of ten
             *     changes said, eight are right at once. This is the hysteresis; how long it takes follows from how clear the readings are.
             */
            sure?: number;
            /** @description How long a visitor stays in one zone, about. Default 6 s; the shorter, the sooner a few readings change the belief. */
            meanStay?: string;
            /** @description The same for settled stays, which can wait for more evidence. Default 2 min. */
            settledStay?: string;
            /**
             * Format: double
             * @description Spread of readings about what the plan foretells, dB, beside how far the levels in one zone are apart. Default 7: fading, body and furniture.
             */
            spreadDb?: number;
            /**
             * Format: double
             * @description One reading speaks against a zone by at most this much, nats, so that one through a door or a body does not overrule all others. Default 12.
             */
            mostMisfit?: number;
            /**
             * Format: double
             * @description Strength of a phone's Wi-Fi at one metre, dBm. Default -40; each device's own difference is learned.
             */
            nearWifiDbm?: number;
            /**
             * Format: double
             * @description Strength of a Bluetooth advert at one metre, dBm. Default -60.
             */
            nearBluetoothDbm?: number;
            /**
             * Format: double
             * @description Fall of the strength with ten times the distance, dB. Default 28 (ITU-R P.1238, offices and shops).
             */
            fallDb?: number;
            /**
             * Format: double
             * @description What the way into another zone costs, dB. Default 4: a partition or shelves.
             */
            wallDb?: number;
            /**
             * Format: int32
             * @description A visit whose loudest ten seconds were fainter than this was outside. Default -85 dBm.
             */
            visitorDbm?: number;
            /** @description A visit shorter than this was passing by. Default 1 min. */
            visitorDwell?: string;
            /**
             * Format: int32
             * @description An engaged visitor was heard at least this loud. Default -75 dBm.
             */
            engagedDbm?: number;
            /** @description An engaged visitor stayed at least this long. Default 10 min. */
            engagedDwell?: string;
            /** @description A settled stay is at least so long; passing through a zone in less is no stay. Default 2 min: in the simulated mall it takes away most stays that were none. */
            shortestStay?: string;
            /** @description A stranger's device heard for so long in one visit is no visitor: staff, or one that never leaves. Default 14 h, longer than a mall is open. */
            resident?: string;
            /** @description A receiver is named silent when it has heard nothing for so long while others heard what it would have heard too. Default 5 min. */
            receiverSilence?: string;
            /**
             * Format: double
             * @description A receiver is named when its level, or the spread of its readings, is off by more than this. Default 8 dB: a hand or a door makes less.
             */
            receiverOffDb?: number;
            /** @description Take it as evidence, for settled visits, that a zone's own receiver did not hear a device that others heard; as strong as that receiver usually answers. Default true. */
            heedMissing?: boolean;
            /** @description Correct each receiver by what the venue's own devices teach. Default true. */
            learnReceivers?: boolean;
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
            /**
             * Format: int32
             * @description 0 to 100: how sure the model was of where it was.
             */
            confidence: number;
            /** @description What it rests on, and what is doubtful about it. */
            sources: string[];
            stays: components["schemas"]["StayView"][];
            /** @description `passerBy`, `visitor`, `engaged`, or `resident` for staff and devices that never leave. */
            standing: components["schemas"]["Standing"];
        };
        /** @description When, how often, of what and how a member wants to hear of us, as their page shows and sends it. */
        WishesView: {
            /** @description Nothing from this local time, `HH:mm`; null with QuietTo for no such hours. */
            quietFrom: null | string;
            /** @description Until this local time, which may be the next morning. */
            quietTo: null | string;
            /**
             * Format: int32
             * @description Most offers in one venue day; 0 wants none, null leaves it to the venue.
             */
            mostPerDay: null | number;
            /**
             * Format: date-time
             * @description Nothing until then; null is not paused.
             */
            pausedUntil: null | string;
            /** @description Ways that are open: `push`, `email`, `sms`, `wechat`; the wallet always is. */
            channels: string[];
            /** @description Themes of which none are wanted. */
            mutedThemes: string[];
            /** @description Themes of which fewer are wanted. */
            lessOf: string[];
            /** @description What offers in force are about, to choose from; not read when sent. */
            themes?: null | string[];
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
            /** @description Silence after which a visit that was last here is over; null for what is usual. */
            silence?: null | string;
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
