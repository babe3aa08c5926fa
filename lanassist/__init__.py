"""lanassist: peer-to-peer supervision for contact-centre and help-desk teams on a LAN."""

__version__ = "0.1.0"
