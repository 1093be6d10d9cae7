"""Who may bring a file: everybody who may report. Who may see one is said by the app it is attached to."""

from folkmoot.base.permissions import anybody, permit

permit("media.take_photo", who=anybody)
permit("media.take_document", who=anybody)
