"""What can go wrong in a broken world; an expected no is a value, never one of these.

    GateError
      SettingsError         a setting is missing, unknown or out of range
      StoreError            the store can't be used
        StoreUnavailable    locked, gone, full, read-only or stopped
        StoreCorrupt        a row does not hold what it must
        SealedAway          this process was not given the key to what it asks for
        SchemaTooNew        written by a newer version of the gate
        SchemaTooOld        migrations have to run first
      SecretError           keys and sealed values
        MasterKeyMissing    a store exists, its key does not
        MasterKeyExposed    the key file can be read by others
        MasterKeyDamaged    the key file does not hold keys
        BrokenSeal          a sealed value was changed, moved or made under another key
      PlaneError            a data plane can't start
        PortTaken           the address is in use
        PlaneIncompatible   the library under the plane is not the expected one

Every error carries a message for the operator: lower-case, what to do after a semicolon.
"""

from __future__ import annotations


class GateError(Exception):
    """The root: something that no caller can be expected to repair."""


class SettingsError(GateError):
    """A setting is missing, unknown or out of range."""


class StoreError(GateError):
    """The store can't be used."""


class StoreUnavailable(StoreError):
    """The store is locked, gone, full, read-only or stopped."""


class StoreCorrupt(StoreError):
    """A row of the store does not hold what it must."""


class SealedAway(StoreError):
    """A process asks for what it was not given the key to."""


class SchemaTooNew(StoreError):
    """The store was written by a newer version of the gate."""


class SchemaTooOld(StoreError):
    """Migrations have to run before this version can use the store."""


class SecretError(GateError):
    """Keys and sealed values."""


class MasterKeyMissing(SecretError):
    """A store exists and its master key does not."""


class MasterKeyExposed(SecretError):
    """The master key file can be read by others."""


class MasterKeyDamaged(SecretError):
    """The master key file does not hold keys in their form."""


class BrokenSeal(SecretError):
    """A sealed value was changed, moved to another row or made under another key."""


class PlaneError(GateError):
    """A data plane can't start."""


class PortTaken(PlaneError):
    """The address to listen on is in use."""


class PlaneIncompatible(PlaneError):
    """The library under the plane is not the one the plane was written for."""
