/**
 * @generated SignedSource<<9dc8fd16ab7fc1191ab90a455fdc8e72>>
 * @lightSyntaxTransform
 */

/* eslint-disable */

'use strict';

var node = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "property"
},
v2 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "after",
        "variableName": "after"
      },
      {
        "kind": "Variable",
        "name": "propertyId",
        "variableName": "property"
      }
    ],
    "concreteType": "AccessEventRecorded",
    "kind": "LinkedField",
    "name": "accessEventRecorded",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "cursor",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "result",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "AccessEvent",
        "kind": "LinkedField",
        "name": "accessEvent",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "reason",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsAccessSubscription",
    "selections": (v2/*:: as any*/),
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "documentsAccessSubscription",
    "selections": (v2/*:: as any*/)
  },
  "params": {
    "cacheID": "d30306d51758ec9d81c3f4214bd793c1",
    "id": null,
    "metadata": {},
    "name": "documentsAccessSubscription",
    "operationKind": "subscription",
    "text": "subscription documentsAccessSubscription(\n  $property: ID!\n  $after: Cursor\n) {\n  accessEventRecorded(propertyId: $property, after: $after) {\n    cursor\n    result\n    accessEvent {\n      id\n      reason\n    }\n  }\n}\n"
  }
};
})();

node.hash = "a990915bdeab470b339a0148be50aeb6";

export default node;
