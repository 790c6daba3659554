// The same four as relay/source/documents.js.
export default {
  signIn: `mutation SignIn($input: AccountSignInInput!) {
    accountSignIn(input: $input) { token userErrors { code message } }
  }`,
  place: `query Place($id: ID!) { property(id: $id) { name liveCursor } }`,
  ticket: `mutation Ticket($input: TicketCreateInput!) {
    ticketCreate(input: $input) { ticket { id number } userErrors { code message } }
  }`,
  access: `subscription Access($property: ID!, $after: Cursor) {
    accessEventRecorded(propertyId: $property, after: $after) { cursor result accessEvent { id reason } }
  }`,
};
