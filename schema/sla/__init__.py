"""Service levels in the contract: targets, clocks, statistics."""

from schema.sla.root import SlaMutation, SlaQuery, SlaSubscription
from schema.sla.statistic import SlaStatisticQuery
from schema.sla.type import SlaClock, SlaTarget

__all__ = ["SlaClock", "SlaMutation", "SlaQuery", "SlaStatisticQuery", "SlaSubscription", "SlaTarget"]
