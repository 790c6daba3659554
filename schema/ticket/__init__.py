"""Tickets in the contract."""

from schema.ticket.root import TicketMutation, TicketQuery, TicketSubscription
from schema.ticket.type import Ticket, TicketChanged, TicketEntry

__all__ = ["Ticket", "TicketChanged", "TicketEntry", "TicketMutation", "TicketQuery", "TicketSubscription"]
