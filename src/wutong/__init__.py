"""Wutong (互通): a territory's health records, shared safely."""
