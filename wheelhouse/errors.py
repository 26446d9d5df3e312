"""What can go wrong around the wheelhouse, as a user should read it."""

from axletree.errors import AxletreeError
from axletree.wheelhouse.gate import Finding


class WheelhouseError(AxletreeError):
    """The base of everything that the wheelhouse raises."""

    reference = "wheelhouse-failed"
    exit_code = 3


class InvalidDistributionError(WheelhouseError):
    """A file is no valid wheel or sdist, or its name and its inside disagree."""

    reference = "invalid-distribution"
    exit_code = 2
    usual_hint = "get the file again; if it stays so, take another version"
    findings: tuple[Finding, ...] = ()
    """All that keeps it out, the gravest first."""


class InvalidPolicyError(WheelhouseError):
    """A policy's file is not of the form that it must have."""

    reference = "invalid-policy"
    exit_code = 2


class OversizedMetadataError(InvalidDistributionError):
    """METADATA is larger than the settings allow; the message is the fact."""


class WrongHashError(WheelhouseError):
    """A file does not have the hash that was promised for it."""

    reference = "wrong-hash"
    exit_code = 4
    usual_hint = "get the file again; if that does not help, ask who serves it"


class FilenameTakenError(WheelhouseError):
    """The same file name or identity was published with other content."""

    reference = "filename-taken"
    exit_code = 4


class WithdrawnFileError(WheelhouseError):
    """A file was withdrawn here: it is not given out, and does not come again."""

    reference = "withdrawn"
    exit_code = 1
    usual_hint = "take another version; a withdrawn file never comes back"


class UnknownGenerationError(WheelhouseError):
    """There is no such generation."""

    reference = "unknown-generation"
    exit_code = 1
    usual_hint = "axletree log shows the generations"


class GoneGenerationError(WheelhouseError):
    """`gc` has taken some of what a generation lists."""

    reference = "gone-generation"
    exit_code = 1
    usual_hint = "axletree pin keeps one from gc; take a newer one, or restore a backup"


class NotKeptError(WheelhouseError):
    """Nothing in the wheelhouse has that name."""

    reference = "not-kept"
    exit_code = 1
    usual_hint = "axletree list shows all that there is"


class StillNeededError(WheelhouseError):
    """A file is to be removed that something needs."""

    reference = "still-needed"
    exit_code = 1
    usual_hint = "yank it instead: it is not chosen any more, and stays"


class RestoreLosesError(WheelhouseError):
    """A restore would lose what is there and not in the backup."""

    reference = "restore-loses"
    exit_code = 1
    usual_hint = (
        "axletree backup into another folder keeps what is there; --force restores "
        "all the same, and sets the database aside"
    )


class CorruptStoredFileError(WheelhouseError):
    """A file in the store is missing or not what was put there."""

    reference = "corrupt-stored-file"
    exit_code = 4
    usual_hint = "collect or build it again: the same bytes are put back"


class StorageError(WheelhouseError):
    """The disk is full, or reading or writing failed."""

    reference = "storage-failed"
    usual_hint = "check that the path exists and that you may write there"


class LostBlobError(StorageError):
    """The bytes of one file are gone, or cannot be read any more; `what` says which."""


class ReadOnlyWheelhouseError(StorageError):
    """Something is to be written into a wheelhouse that can only be read."""

    reference = "read-only-wheelhouse"
    usual_hint = "run it as the wheelhouse's owner, where it can be written"


class NoSpaceError(StorageError):
    """The disk is full, or a quota or a file size limit was reached."""

    reference = "no-space"
    usual_hint = "free some space, then run the same command again"


class DatabaseError(WheelhouseError):
    """The database cannot be opened or is damaged."""

    reference = "database-failed"
    usual_hint = "check the rights on the file, or restore it from a backup"


class DatabaseUnreachableError(DatabaseError):
    """The server that keeps the database does not answer, or not to us."""

    reference = "database-unreachable"
    usual_hint = "check AXLETREE_DATABASE, and that the server runs"


class FilesUnreachableError(StorageError):
    """The bucket that keeps the files does not answer, or not to us."""

    reference = "files-unreachable"
    usual_hint = "check AXLETREE_FILES, the variables AWS_…, and that the server runs"


class NoWheelhouseError(WheelhouseError):
    """What is only read is not there; a mistyped name must not make an empty one."""

    reference = "no-wheelhouse"
    exit_code = 2
    usual_hint = "axletree init makes one there"


class LostDatabaseError(DatabaseError):
    """There are files and no database that knows them."""

    reference = "database-lost"
    usual_hint = (
        "restore wheelhouse.sqlite from a backup (with its -wal, if that has one); "
        "without one, move the folder away and collect and build again"
    )


class DatabaseLockedError(DatabaseError):
    """Another process held the database for too long."""

    reference = "database-locked"


class IncompleteCollectionError(WheelhouseError):
    """Something of a closure could not be collected; what came stays."""

    reference = "incomplete-collection"
    exit_code = 1
    usual_hint = (
        "what was collected stays: collect again when the cause is fixed; write a "
        "recipe for an sdist that does not build, and add requirements that are missing"
    )


class UnansweredCollectionError(IncompleteCollectionError):
    """Some of its files are those that an index does not give now."""

    exit_code = 3


class SpoiledCollectionError(IncompleteCollectionError):
    """Some of its files are not what was promised, or what was published before."""

    exit_code = 4


class InvalidRightError(WheelhouseError):
    """What a token is to allow is no right."""

    reference = "invalid-right"
    exit_code = 2


class InvalidTokenNameError(WheelhouseError):
    """A token cannot be called so."""

    reference = "invalid-token-name"
    exit_code = 2


class InvalidViewNameError(WheelhouseError):
    """A view cannot be called so."""

    reference = "invalid-view-name"
    exit_code = 2


class ViewTakenError(WheelhouseError):
    """Another view has the name, or had it."""

    reference = "view-taken"
    exit_code = 1


class NoViewError(WheelhouseError):
    """No view has the name, or none any more."""

    reference = "no-view"
    exit_code = 1
    usual_hint = "axletree view list shows all that there are"


class TokenTakenError(WheelhouseError):
    """Another token has the name."""

    reference = "token-taken"
    exit_code = 1


class NoTokenError(WheelhouseError):
    """No token has the name."""

    reference = "no-token"
    exit_code = 1


class InvalidSetError(WheelhouseError):
    """What is to be a requirement set can be none."""

    reference = "invalid-set"
    exit_code = 2


class NoSetError(WheelhouseError):
    """There is no requirement set of that name, or it has no such part."""

    reference = "no-set"
    exit_code = 1
    usual_hint = "axletree set list shows those that there are"


class SetTakenError(WheelhouseError):
    """Another requirement set has the name."""

    reference = "set-taken"
    exit_code = 1
    usual_hint = "axletree set update gives it other requirements"


class BreaksSetError(WheelhouseError):
    """What is wanted, in the wheelhouse or in a lock, leaves a set without a lock."""

    reference = "breaks-set"
    exit_code = 1
    usual_hint = "nothing came in; without --gate it comes in all the same"
    explanation: str = ""
    """Why it would, whole."""


class NoKeyError(WheelhouseError):
    """The wheelhouse has no key."""

    reference = "no-key"
    exit_code = 1
    usual_hint = "axletree key init makes one"


class UnsafeKeyError(WheelhouseError):
    """A key's file is not what it must be: others may read it, or it is none."""

    reference = "unsafe-key"
    exit_code = 4


class InvalidKeyError(WheelhouseError):
    """What is to be believed is no public key."""

    reference = "invalid-key"
    exit_code = 2
    usual_hint = (
        "axletree key show prints a public key: it begins with BEGIN PUBLIC KEY"
    )
