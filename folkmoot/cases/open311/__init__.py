"""Open311 GeoReport v2: the door for other apps. It calls services and queries and has no rules of its own.

Source: wiki.open311.org/GeoReport_v2, wiki.open311.org/Service_Discovery.
"""
